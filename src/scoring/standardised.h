// A feature in standard deviations from the mean of the training rows.
#pragma once

#include <algorithm>
#include <cmath>

namespace overland::scoring {

inline constexpr double kFarthestStandardised = 6;

// A missing value gives 0 (the mean); values are limited to +-kFarthestStandardised.
[[nodiscard]] inline double standardised(float value, double mean, double inverse_sd) {
  return std::isnan(value) ? 0
                           : std::clamp((static_cast<double>(value) - mean) * inverse_sd,
                                        -kFarthestStandardised, kFarthestStandardised);
}

}  // namespace overland::scoring
