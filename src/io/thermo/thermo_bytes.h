// Values in the bytes of a Thermo RAW file, which are little-endian, and the refusal that all
// parts of the reader give.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>

#include "base/error.h"

namespace overland::io {

using ThermoBytes = std::span<const std::byte>;

// Reads values one after the other. A value that does not lie within the bytes is 0, and from then
// on is_inside() is false: the caller asks once, after reading a group of values.
class ThermoCursor {
 public:
  ThermoCursor(ThermoBytes bytes, std::uint64_t at)
      : bytes_(bytes), at_(at), is_inside_(at <= bytes.size()) {}

  template <class T>
  T next() {
    static_assert(std::is_arithmetic_v<T> && std::endian::native == std::endian::little);
    T value{};
    const std::uint64_t from = at_;
    skip(sizeof(T));
    if (is_inside_) std::memcpy(&value, bytes_.data() + from, sizeof(T));
    return value;
  }
  void skip(std::uint64_t length) {
    is_inside_ = is_inside_ && length <= bytes_.size() - at_;
    if (is_inside_) at_ += length;
  }
  [[nodiscard]] bool is_inside() const { return is_inside_; }
  [[nodiscard]] std::uint64_t at() const { return at_; }

 private:
  ThermoBytes bytes_;
  std::uint64_t at_;
  bool is_inside_;
};

// Error OVL-RUN-060: something in the file is not as this reader can prove it to be.
[[nodiscard]] inline std::unexpected<Error> refuse_thermo(const std::string& why,
                                                          const std::string& where) {
  return fail("OVL-RUN-060", "the Thermo RAW file cannot be read directly: " + why, where,
              "Convert it with ThermoRawFileParser, which Overland calls if it is on PATH or named "
              "by --raw-converter; or with msconvert (peakPicking) to mzML.");
}

}  // namespace overland::io
