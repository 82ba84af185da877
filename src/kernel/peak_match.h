// The rule that decides which peak of a scan matches a theoretical m/z, used by all structures of
// peaks (PeakLookup, WindowPeaks, WindowIndex, nearest_peak).
//
//   A theoretical m/z m matches the peaks x with
//     m (1 + low 1e-6) <= x <= m (1 + high 1e-6),   both m and x in [64, 4096) Th;
//   of several matching peaks the nearest is taken, and of two equally near peaks the lower.
//
// All values are floats: m, x, the factor 1 + low 1e-6 and its product with m, each rounded once.
// An m/z known in double precision is rounded to a float first; that is an error of at most 0.06
// ppm, as in the peaks themselves. The distance x - m is exact, as m and x differ by less than a
// factor of two.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "base/units.h"

namespace overland::kernel {

inline constexpr float kLowestMz = 64.0F;
inline constexpr float kEndMz = 4096.0F;

// False for NaN, too.
[[nodiscard]] constexpr bool is_searched(float mz) {
  return mz >= kLowestMz && mz < kEndMz;
}

class MatchRule {
 public:
  explicit constexpr MatchRule(PpmWindow tolerance)
      : low_factor_(1.0F + tolerance.low * 1e-6F), high_factor_(1.0F + tolerance.high * 1e-6F) {}

  // The least and the greatest m/z of a peak that matches.
  [[nodiscard]] constexpr float low(float theoretical_mz) const {
    return theoretical_mz * low_factor_;
  }
  [[nodiscard]] constexpr float high(float theoretical_mz) const {
    return theoretical_mz * high_factor_;
  }
  // Limits of all theoretical m/z that match a peak, with a little slack for rounding.
  [[nodiscard]] constexpr float least_theoretical(float peak_mz) const {
    return peak_mz / high_factor_ * (1 - 2e-7F);
  }
  [[nodiscard]] constexpr float greatest_theoretical(float peak_mz) const {
    return peak_mz / low_factor_ * (1 + 2e-7F);
  }

 private:
  float low_factor_, high_factor_;
};

// Whether a peak replaces the best peak so far, which has a lower m/z.
[[nodiscard]] inline bool is_nearer(float peak_mz, float held_mz, float theoretical_mz) {
  return std::abs(peak_mz - theoretical_mz) < std::abs(held_mz - theoretical_mz);
}

// Index of the matching peak among ascending `mz`, or -1. Peaks before `first` must be too low.
// Precondition: is_searched(theoretical_mz).
[[nodiscard]] inline std::int32_t nearest_peak_from(std::span<const float> mz, std::size_t first,
                                                    float theoretical_mz, const MatchRule& rule) {
  const float low = std::max(rule.low(theoretical_mz), kLowestMz);
  const float high = rule.high(theoretical_mz);
  std::size_t i = first;
  while (i < mz.size() && mz[i] < low) ++i;
  if (i == mz.size() || mz[i] > high || mz[i] >= kEndMz) return -1;
  // The distance decreases up to the nearest peak, then increases.
  for (; i + 1 < mz.size() && mz[i + 1] <= high && mz[i + 1] < kEndMz; ++i) {
    if (!is_nearer(mz[i + 1], mz[i], theoretical_mz)) break;
  }
  return static_cast<std::int32_t>(i);
}

// Index of the matching peak among ascending `mz`, or -1, by binary search: for a few look-ups in
// one scan.
[[nodiscard]] inline std::int32_t nearest_peak(std::span<const float> mz, float theoretical_mz,
                                               PpmWindow tolerance) {
  if (!is_searched(theoretical_mz)) return -1;
  const MatchRule rule(tolerance);
  const auto first = std::lower_bound(mz.begin(), mz.end(), rule.low(theoretical_mz));
  return nearest_peak_from(mz, static_cast<std::size_t>(first - mz.begin()), theoretical_mz, rule);
}

}  // namespace overland::kernel
