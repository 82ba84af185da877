// Fragment intensities as functions of the collision energy: four cubic B-splines over eight knots,
// s(x) = sum_i c_i B_i,3(x), B by the recursion of de Boor and Cox:
//   B_i,0(x) = 1 where t_i <= x < t_i+1, else 0
//   B_i,k(x) = (x - t_i) / (t_i+k - t_i) B_i,k-1(x) + (t_i+k+1 - x) / (t_i+k+1 - t_i+1)
//   B_i+1,k-1(x)
// with 0 for a quotient whose denominator is 0. Zero outside the knots.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace overland {

inline constexpr std::size_t kSplineKnots = 8;
using SplineKnots = std::array<float, kSplineKnots>;  // ascending, per cent
using SplineCoefficients = std::array<float, 4>;

// The four B_i,3(x): the same for all fragments at one energy.
[[nodiscard]] constexpr std::array<double, 4> spline_basis(std::span<const float, 8> knots,
                                                           double x) {
  std::array<double, 7> basis{};
  for (std::size_t i = 0; i < 7; ++i) {
    basis[i] = static_cast<double>(knots[i]) <= x && x < static_cast<double>(knots[i + 1]) ? 1 : 0;
  }
  for (std::size_t k = 1; k <= 3; ++k) {
    for (std::size_t i = 0; i + k < 7; ++i) {
      const double low = static_cast<double>(knots[i]);
      const double high = static_cast<double>(knots[i + k + 1]);
      const double left = static_cast<double>(knots[i + k]) - low;
      const double right = high - static_cast<double>(knots[i + 1]);
      const double rising = left > 0 ? (x - low) / left * basis[i] : 0;
      basis[i] = rising + (right > 0 ? (high - x) / right * basis[i + 1] : 0);
    }
  }
  return {basis[0], basis[1], basis[2], basis[3]};
}

[[nodiscard]] constexpr double spline_value(const std::array<double, 4>& basis,
                                            const SplineCoefficients& coefficients) {
  double value = 0;
  for (std::size_t i = 0; i < 4; ++i) value += basis[i] * static_cast<double>(coefficients[i]);
  return value;
}

}  // namespace overland
