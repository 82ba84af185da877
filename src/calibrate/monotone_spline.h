// Smooth non-decreasing curve through noisy points with outliers.
//
// Cubic B-spline s with knots at quantiles of x (de Boor 1978). The coefficients minimise
//   sum w_i (y_i - s(x_i))^2 + lambda integral s''^2   (Eilers & Marx 1996, on differences)
// and are non-decreasing, which makes s non-decreasing. lambda is chosen by generalised
// cross-validation. w_i are Tukey's biweights, which give outliers the weight 0.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "calibrate/piecewise_linear.h"

namespace overland::calibrate {

struct SplineFitSettings {
  std::size_t points_per_interval = 60;
  std::size_t max_intervals = 24;
};

// Preconditions: x ascends; x and y have equal lengths. The curve is returned as a dense polyline;
// beyond the data it continues with the slope of its ends, limited to between 1/4 and 4 times the
// mean slope. Empty if all x are equal or there are fewer than 8 points.
[[nodiscard]] std::optional<PiecewiseLinear> fit_monotone_spline(std::span<const double> x,
                                                                 std::span<const double> y,
                                                                 const SplineFitSettings& settings);

}  // namespace overland::calibrate
