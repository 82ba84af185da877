#include "simulate/instrument/quadrupole.h"

#include <algorithm>
#include <cmath>

#include "base/pinned_math.h"
#include "simulate/world/settings.h"

namespace overland::simulate {
namespace {

constexpr double kLn9 = 2.1972245773362196;
constexpr double kSmallestHalfWidth = 0.01;  // Th; minimum after inward shifts of the edges

double inverse_sinh(double x) {
  return pinned::log(x + std::sqrt(x * x + 1));
}

double two_b_of(double edge_width, double half_width) {
  return edge_width > 0 ? kLn9 / inverse_sinh(0.5 * edge_width / half_width) : 0;
}

double reach_of(double half_width, double two_b) {
  return two_b > 0 ? half_width * pinned::pow(999.0, 1.0 / two_b) : half_width;
}

}  // namespace

QuadrupoleEdges edges_of(const AcquisitionSettings& s) {
  return {s.edge_mz, s.edge_mz * s.edge_ratio, s.edge_low_shift_mz, s.edge_high_shift_mz};
}

Quadrupole::Quadrupole(MzRange window, const QuadrupoleEdges& edges)
    : window_(window), centre_(0.5 * (window.low.value + window.high.value)) {
  const double half = 0.5 * (window.high.value - window.low.value);
  sides_[0].half_width = std::max(half + edges.low_shift, kSmallestHalfWidth);
  sides_[1].half_width = std::max(half + edges.high_shift, kSmallestHalfWidth);
  sides_[0].two_b = two_b_of(edges.low_width, sides_[0].half_width);
  sides_[1].two_b = two_b_of(edges.high_width, sides_[1].half_width);
  reach_ = {Mz{centre_ - reach_of(sides_[0].half_width, sides_[0].two_b)},
            Mz{centre_ + reach_of(sides_[1].half_width, sides_[1].two_b)}};
}

double Quadrupole::transmission(double mz) const {
  const Side& side = sides_[mz < centre_ ? 0 : 1];
  const double x = std::abs(mz - centre_) / side.half_width;
  if (side.two_b == 0) return x < 1 || (x == 1 && mz < centre_) ? 1.0 : 0.0;
  if (x == 0) return 1;
  return 1.0 / (1.0 + pinned::pow(x, side.two_b));
}

}  // namespace overland::simulate
