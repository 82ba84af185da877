// Compares m/z of a foreign library with m/z calculated from the sequence.
#pragma once

#include <cmath>

namespace overland::exchange {

inline constexpr double kMzAgreement = 10e-6;  // relative

// NaN means that the file has no value.
[[nodiscard]] inline bool is_other_mz(double found, double ours) {
  return !std::isnan(found) && std::abs(found - ours) > ours * kMzAgreement;
}

}  // namespace overland::exchange
