// The rule of peak_match.h as its header states it, peak by peak: the slow twin of all structures
// of peaks, for tests.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>

#include "base/units.h"

namespace overland::support {

[[nodiscard]] inline bool matches_slowly(float peak, float theoretical, PpmWindow tolerance) {
  const auto is_in_range = [](float mz) { return mz >= 64 && mz < 4096; };
  const float low_factor = 1.0F + tolerance.low * 1e-6F;
  const float high_factor = 1.0F + tolerance.high * 1e-6F;
  return is_in_range(peak) && is_in_range(theoretical) && peak >= theoretical * low_factor &&
         peak <= theoretical * high_factor;
}

[[nodiscard]] inline std::int32_t nearest_slowly(std::span<const float> peaks, float theoretical,
                                                 PpmWindow tolerance) {
  const auto distance = [&](std::size_t i) {
    return std::abs(static_cast<double>(peaks[i]) - static_cast<double>(theoretical));
  };
  std::int32_t nearest = -1;
  for (std::size_t i = 0; i < peaks.size(); ++i) {
    if (!matches_slowly(peaks[i], theoretical, tolerance)) continue;
    if (nearest < 0 || distance(i) < distance(static_cast<std::size_t>(nearest))) {
      nearest = static_cast<std::int32_t>(i);
    }
  }
  return nearest;
}

}  // namespace overland::support
