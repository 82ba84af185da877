// A piecewise linear function through knots, continued with the slope of its ends.
#pragma once

#include <span>
#include <vector>

namespace overland::calibrate {

class PiecewiseLinear {
 public:
  PiecewiseLinear() = default;  // 0 everywhere
  // x strictly ascending, as long as y. One knot: a constant.
  PiecewiseLinear(std::vector<double> x, std::vector<double> y);
  [[nodiscard]] double operator()(double x) const;
  [[nodiscard]] std::span<const double> knots_x() const { return x_; }
  [[nodiscard]] std::span<const double> knots_y() const { return y_; }

 private:
  std::vector<double> x_, y_;
};

// The same function that stays constant beyond its first and last knot: for corrections, whose
// slope at an end is mostly noise.
[[nodiscard]] PiecewiseLinear with_constant_ends(std::vector<double> x, std::vector<double> y);

}  // namespace overland::calibrate
