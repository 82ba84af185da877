// One point of a chromatogram in 8 bytes: the weight, and four bytes for its uncertainty.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace overland::kernel {

// A non-negative number in one byte: 5 bits of exponent, 3 of mantissa, from 2^-3 to 2^28.875 in
// steps of 1/8 octave; 0 stays 0. Relative error below 1/16.
[[nodiscard]] inline std::uint8_t to_short_float(float value) {
  constexpr int kShift = 20;  // keeps three bits of the mantissa
  constexpr std::uint32_t kLowest = (std::bit_cast<std::uint32_t>(0.125F) >> kShift) - 1;
  if (!(value > 0)) return 0;
  const std::uint32_t bits =
      std::bit_cast<std::uint32_t>(std::min(value, 1e30F)) + (1U << (kShift - 1));
  const std::uint32_t code = bits >> kShift;
  return static_cast<std::uint8_t>(std::clamp(code, kLowest + 1, kLowest + 255) - kLowest);
}

[[nodiscard]] inline float from_short_float(std::uint8_t code) {
  constexpr int kShift = 20;
  constexpr std::uint32_t kLowest = (std::bit_cast<std::uint32_t>(0.125F) >> kShift) - 1;
  return code == 0 ? 0 : std::bit_cast<float>((code + kLowest) << kShift);
}

// All 0 if the precursor was not a column of the scan's matrix.
struct TracePoint {
  float weight = 0;              // total intensity of the template
  std::uint8_t counting_sd = 0;  // short float, see ColumnErrors::counting
  std::uint8_t residual_sd = 0;  // short float, see ColumnErrors::residual
  std::uint8_t purity = 0;       // share of its peaks' intensity, in 1/255
  std::uint8_t matched = 0;      // fragments with a peak
};
static_assert(sizeof(TracePoint) == 8);

}  // namespace overland::kernel
