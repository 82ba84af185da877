#include "koina/prediction_record.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace overland::koina {
namespace {

static_assert(std::endian::native == std::endian::little, "records are little-endian");

constexpr std::size_t kIonHead = 3;  // type, ordinal, charge

template <class T>
void put(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
T get(std::string_view bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

}  // namespace

std::string write_ions(const std::vector<Ion>& ions, std::size_t values) {
  std::string bytes;
  bytes.reserve(ions.size() * (kIonHead + values * sizeof(float)));
  for (const Ion& ion : ions) {
    put(bytes, static_cast<std::uint8_t>(ion.ion.type));
    put(bytes, ion.ion.ordinal);
    put(bytes, ion.ion.charge);
    for (std::size_t i = 0; i < values; ++i) put(bytes, ion.values[i]);
  }
  return bytes;
}

std::string write_number(float number) {
  std::string bytes;
  put(bytes, number);
  return bytes;
}

std::string write_knots(const kernel::SplineKnots& knots) {
  std::string bytes;
  for (const float knot : knots) put(bytes, knot);
  return bytes;
}

std::optional<std::vector<Ion>> read_ions(std::string_view bytes, std::size_t values) {
  const std::size_t size = kIonHead + values * sizeof(float);
  if (bytes.size() % size != 0) return std::nullopt;
  std::vector<Ion> ions(bytes.size() / size);
  for (std::size_t i = 0; i < ions.size(); ++i) {
    const std::size_t at = i * size;
    const auto type = get<std::uint8_t>(bytes, at);
    if (type > 1) return std::nullopt;
    ions[i].ion = {.type = static_cast<FragmentType>(type),
                   .ordinal = get<std::uint8_t>(bytes, at + 1),
                   .charge = get<std::uint8_t>(bytes, at + 2)};
    for (std::size_t k = 0; k < values; ++k) {
      ions[i].values[k] = get<float>(bytes, at + kIonHead + k * sizeof(float));
    }
  }
  return ions;
}

std::optional<float> read_number(std::string_view bytes) {
  if (bytes.size() != sizeof(float)) return std::nullopt;
  return get<float>(bytes, 0);
}

std::optional<kernel::SplineKnots> read_knots(std::string_view bytes) {
  if (bytes.size() != sizeof(kernel::SplineKnots)) return std::nullopt;
  kernel::SplineKnots knots;
  for (std::size_t i = 0; i < knots.size(); ++i) knots[i] = get<float>(bytes, i * sizeof(float));
  return knots;
}

}  // namespace overland::koina
