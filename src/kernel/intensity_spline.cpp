#include "kernel/intensity_spline.h"

#include <algorithm>
#include <cmath>

namespace overland::kernel {

bool are_knots(const SplineKnots& knots) {
  return std::ranges::all_of(knots, [](float t) { return std::isfinite(t); }) &&
         std::ranges::is_sorted(knots) && knots.front() < knots.back();
}

SplineBasis cubic_basis(const SplineKnots& knots, double energy) {
  std::array<double, kSplineTerms + 3> value{};  // B_i,k of the current degree k
  const auto t = [&](std::size_t i) { return static_cast<double>(knots[i]); };
  for (std::size_t i = 0; i < value.size(); ++i) {
    value[i] = t(i) <= energy && energy < t(i + 1) ? 1 : 0;
  }
  for (std::size_t degree = 1; degree <= 3; ++degree) {
    for (std::size_t i = 0; i + degree < value.size(); ++i) {
      const double rise = t(i + degree) - t(i);
      const double fall = t(i + degree + 1) - t(i + 1);
      const double left = rise > 0 ? (energy - t(i)) / rise * value[i] : 0;
      const double right = fall > 0 ? (t(i + degree + 1) - energy) / fall * value[i + 1] : 0;
      value[i] = left + right;
    }
  }
  SplineBasis basis{};
  for (std::size_t i = 0; i < basis.size(); ++i) basis[i] = static_cast<float>(value[i]);
  return basis;
}

float spline_intensity(const SplineCoefficients& coefficients, const SplineBasis& basis) {
  float sum = 0;
  for (std::size_t i = 0; i < kSplineTerms; ++i) sum += coefficients[i] * basis[i];
  return std::max(0.0F, sum);
}

std::uint16_t encode_coefficient(float coefficient, float largest) {
  const double root =
      std::sqrt(std::abs(static_cast<double>(coefficient)) / static_cast<double>(largest));
  const double code = std::floor(32767.0 * std::min(root, 1.0) + 0.5);
  return static_cast<std::uint16_t>(32768.0 + (coefficient < 0 ? -code : code));
}

void spline_intensities(const SplineColumns& columns, std::size_t begin, const SplineBasis& basis,
                        std::span<float> out) {
  for (std::size_t f = 0; f < out.size(); ++f) {
    SplineCoefficients c{};
    for (std::size_t i = 0; i < kSplineTerms; ++i) c[i] = decode_coefficient(columns[i][begin + f]);
    out[f] = spline_intensity(c, basis);
  }
}

}  // namespace overland::kernel
