// A smooth curve through scattered points that outliers do not pull: cubic B-splines with a
// penalty on their second differences (Eilers and Marx 1996), weights by Tukey's bisquare.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace overland::quant {

struct SmoothCurve {
  double low = 0, high = 0;          // of x; constant outside
  std::vector<double> coefficients;  // of the B-splines

  [[nodiscard]] double at(double x) const;
};

struct CurvePoints {
  std::span<const double> x, y;
  std::span<const double> start;  // of y: a first guess of the curve at each point
};

// Precondition: columns of one length, at least one point; `segments` >= 1; scale > 0: points
// further than 4.685 of it from the curve (at first, from the guess) do not count.
[[nodiscard]] SmoothCurve fit_smooth_curve(const CurvePoints& points, std::size_t segments,
                                           double scale);

// The same for a constant: a location of y.
[[nodiscard]] double fit_constant(std::span<const double> y, double start, double scale);

}  // namespace overland::quant
