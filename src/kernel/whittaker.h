// Whittaker-Henderson smoothing on an uneven time axis: minimises
//   sum w_i (z_i - y_i)^2 + lambda sum_j (D z)_j^2,
// D = second divided differences (Eilers 2003; Whittaker 1923). Solved as a banded LDL' system
// with two sub-diagonals, in double, without allocation once the workspace has its size.
#pragma once

#include <span>
#include <vector>

namespace overland::kernel {

class WhittakerSmoother {
 public:
  // x strictly ascending, in units of the run's peak width (so that lambda means the same for every
  // trace); y, weight and smoothed of the same length; weights >= 0, not all 0. Negative results
  // become 0. Fewer than three points are copied.
  void smooth(std::span<const double> x, std::span<const double> y, std::span<const double> weight,
              double lambda, std::span<double> smoothed);

 private:
  std::vector<double> diagonal_, first_, second_;  // bands of W + lambda D'D, then of L
};

}  // namespace overland::kernel
