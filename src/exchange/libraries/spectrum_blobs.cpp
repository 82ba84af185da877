#include "exchange/libraries/spectrum_blobs.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "io/byte_source.h"

namespace overland::exchange {
namespace {

constexpr std::size_t kMostValues = 1 << 20;

template <class T>
std::vector<T> to_values(std::span<const std::byte> bytes, std::endian order) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (values.empty()) return values;  // memcpy must not get null pointers
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  if (order == std::endian::native) return values;
  for (T& value : values) {
    auto* const first = reinterpret_cast<std::byte*>(&value);
    std::reverse(first, first + sizeof(T));
  }
  return values;
}

}  // namespace

template <class T>
std::optional<std::vector<T>> decode_blob(std::span<const std::byte> bytes, std::size_t expected,
                                          std::endian order) {
  if (expected > kMostValues) return std::nullopt;
  const std::size_t size = expected * sizeof(T);
  if (bytes.size() == size) return to_values<T>(bytes, order);
  io::Inflater inflater(io::Inflater::Format::zlib);
  std::vector<std::byte> inflated;
  if (!io::inflate_all(inflater, bytes, size, inflated) || inflated.size() != size) {
    return std::nullopt;
  }
  return to_values<T>(inflated, order);
}

template <class T>
std::vector<std::byte> encode_blob(std::span<const T> values) {
  static_assert(std::endian::native == std::endian::little);
  const std::span<const std::byte> bare = std::as_bytes(values);
  uLongf size = compressBound(static_cast<uLong>(bare.size()));
  std::vector<std::byte> packed(size);
  const int status =
      compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
                reinterpret_cast<const Bytef*>(bare.data()), static_cast<uLong>(bare.size()), 6);
  if (status != Z_OK || size >= bare.size()) return {bare.begin(), bare.end()};
  packed.resize(size);
  return packed;
}

template std::optional<std::vector<float>> decode_blob(std::span<const std::byte>, std::size_t,
                                                       std::endian);
template std::optional<std::vector<double>> decode_blob(std::span<const std::byte>, std::size_t,
                                                        std::endian);
template std::vector<std::byte> encode_blob(std::span<const float>);
template std::vector<std::byte> encode_blob(std::span<const double>);

}  // namespace overland::exchange
