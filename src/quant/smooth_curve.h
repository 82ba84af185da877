// Robust smooth curve through scattered points: cubic B-splines with a penalty on the second
// differences of the coefficients (Eilers and Marx 1996) and Tukey's biweights against outliers.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace overland::quant {

struct SmoothCurve {
  double low = 0, high = 0;          // range of x; the curve is constant outside
  std::vector<double> coefficients;  // coefficients of the B-splines

  [[nodiscard]] double at(double x) const;
};

struct CurvePoints {
  std::span<const double> x, y;
  std::span<const double> start;  // initial estimate of the curve at each point
};

// Preconditions: columns of equal length, at least one point; segments >= 1; scale > 0. Points
// farther than 4.685 scale from the curve (in the first round, from `start`) have weight 0.
[[nodiscard]] SmoothCurve fit_smooth_curve(const CurvePoints& points, std::size_t segments,
                                           double scale);

// The same fit for a constant: a robust location of y.
[[nodiscard]] double fit_constant(std::span<const double> y, double start, double scale);

}  // namespace overland::quant
