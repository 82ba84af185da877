#include "calibrate/piecewise_linear.h"

#include <algorithm>

namespace overland::calibrate {

PiecewiseLinear::PiecewiseLinear(std::vector<double> x, std::vector<double> y)
    : x_(std::move(x)), y_(std::move(y)) {}

double PiecewiseLinear::operator()(double x) const {
  if (x_.empty()) return 0;
  if (x_.size() == 1) return y_.front();
  const auto above = std::upper_bound(x_.begin(), x_.end(), x);
  const auto i = std::clamp<std::ptrdiff_t>(above - x_.begin() - 1, 0,
                                            static_cast<std::ptrdiff_t>(x_.size()) - 2);
  const auto k = static_cast<std::size_t>(i);
  return y_[k] + (x - x_[k]) * (y_[k + 1] - y_[k]) / (x_[k + 1] - x_[k]);
}

PiecewiseLinear with_constant_ends(std::vector<double> x, std::vector<double> y) {
  if (x.empty()) return {};
  x.insert(x.begin(), x.front() - 1);
  y.insert(y.begin(), y.front());
  x.push_back(x.back() + 1);
  y.push_back(y.back());
  return {std::move(x), std::move(y)};
}

}  // namespace overland::calibrate
