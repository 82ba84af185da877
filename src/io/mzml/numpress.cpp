#include "io/mzml/numpress.h"

#include <bit>
#include <libmsnumpress/MSNumpress.hpp>

#include "base/pinned_math.h"

namespace overland::io {
namespace {

// value = exp(code / fixed_point) - 1; fixed_point is a big-endian double before the 16-bit codes.
// Not decoded by the library, which uses exp of libm, whose last bit differs between machines.
bool decode_short_logged(std::span<const std::byte> bytes, std::vector<double>& values) {
  if (bytes.size() < 8 || bytes.size() % 2 != 0) return false;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 8; ++i) bits = bits << 8 | static_cast<std::uint64_t>(bytes[i]);
  const double fixed_point = std::bit_cast<double>(bits);
  if (!(fixed_point > 0)) return false;
  values.clear();
  for (std::size_t i = 8; i < bytes.size(); i += 2) {
    const auto code = static_cast<unsigned>(bytes[i]) | static_cast<unsigned>(bytes[i + 1]) << 8;
    values.push_back(pinned::exp(code / fixed_point) - 1);
  }
  return true;
}

// False for damaged input. The library throws C strings and requires at least a header.
bool decode_with_library(std::span<const std::byte> bytes, Numpress kind,
                         std::vector<double>& values) {
  const auto* const data = reinterpret_cast<const unsigned char*>(bytes.data());
  values.resize(2 * bytes.size() + 2);  // a number takes at least half a byte
  std::size_t count = 0;
  try {
    if (kind == Numpress::linear) {
      if (bytes.size() < 8 || (bytes.size() > 8 && bytes.size() < 12) ||
          (bytes.size() > 12 && bytes.size() < 16)) {
        return false;
      }
      count = bytes.size() == 8
                  ? 0
                  : ms::numpress::MSNumpress::decodeLinear(data, bytes.size(), values.data());
    } else if (!bytes.empty()) {
      count = ms::numpress::MSNumpress::decodePic(data, bytes.size(), values.data());
    }
  } catch (...) {
    return false;
  }
  if (count > values.size()) return false;
  values.resize(count);
  return true;
}

}  // namespace

bool decode_numpress(std::span<const std::byte> bytes, Numpress kind, std::vector<double>& values) {
  return kind == Numpress::short_logged ? decode_short_logged(bytes, values)
                                        : decode_with_library(bytes, kind, values);
}

}  // namespace overland::io
