// Piecewise linear function through knots, extrapolated with the slopes of its ends.
#pragma once

#include <span>
#include <vector>

namespace overland::calibrate {

class PiecewiseLinear {
 public:
  PiecewiseLinear() = default;  // 0 everywhere
  // Preconditions: x ascends strictly; x and y have equal lengths. One knot gives a constant.
  PiecewiseLinear(std::vector<double> x, std::vector<double> y);
  [[nodiscard]] double operator()(double x) const;
  [[nodiscard]] std::span<const double> knots_x() const { return x_; }
  [[nodiscard]] std::span<const double> knots_y() const { return y_; }

 private:
  std::vector<double> x_, y_;
};

// Piecewise linear function that is constant beyond its first and last knots, for corrections,
// whose slopes at the ends are mostly noise.
[[nodiscard]] PiecewiseLinear with_constant_ends(std::vector<double> x, std::vector<double> y);

}  // namespace overland::calibrate
