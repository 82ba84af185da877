// A smooth curve that never falls, through noisy points with outliers.
//
// Cubic B-spline with knots at quantiles of x (de Boor 1978); coefficients minimise
//   sum w_i (y_i - s(x_i))^2 + lambda integral s''^2   (Eilers & Marx 1996, on differences)
// with non-decreasing coefficients, which makes s non-decreasing. lambda by generalised
// cross-validation; the weights w_i are Tukey's, so that outliers count for nothing.
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

// x ascending, as long as y. The curve is given by a dense polygon; beyond the data it goes on with
// the slope of its ends, bounded by a quarter and four times the mean slope. Nothing when all x are
// alike or there are fewer than 8 points.
[[nodiscard]] std::optional<PiecewiseLinear> fit_monotone_spline(std::span<const double> x,
                                                                 std::span<const double> y,
                                                                 const SplineFitSettings& settings);

}  // namespace overland::calibrate
