#include "simulate/quadrupole.h"

#include <cmath>

#include "base/pinned_math.h"

namespace overland::sim {
namespace {

constexpr double kLn9 = 2.1972245773362196;

double inverse_sinh(double x) {
  return pinned::log(x + std::sqrt(x * x + 1));
}

}  // namespace

Quadrupole::Quadrupole(MzRange window, double edge_width)
    : window_(window),
      centre_(0.5 * (window.low.value + window.high.value)),
      half_width_(0.5 * (window.high.value - window.low.value)) {
  reach_ = window;
  if (edge_width <= 0) return;
  two_b_ = kLn9 / inverse_sinh(0.5 * edge_width / half_width_);
  const double reach = half_width_ * pinned::pow(999.0, 1.0 / two_b_);
  reach_ = {Mz{centre_ - reach}, Mz{centre_ + reach}};
}

double Quadrupole::transmission(double mz) const {
  const double x = std::abs(mz - centre_) / half_width_;
  if (two_b_ == 0) return window_.contains(Mz{mz}) ? 1.0 : 0.0;
  if (x == 0) return 1;
  return 1.0 / (1.0 + pinned::pow(x, two_b_));
}

}  // namespace overland::sim
