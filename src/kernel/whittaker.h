// Whittaker-Henderson smoothing on an uneven time axis: minimises
//   sum w_i (z_i - y_i)^2 + lambda sum_j (D z)_j^2,
// D = second or third divided differences (Eilers 2003; Whittaker 1923). Solved as a banded LDL'
// system with two or three sub-diagonals, in double, without allocation once the workspace is large
// enough.
#pragma once

#include <array>
#include <span>
#include <vector>

namespace overland::kernel {

struct WhittakerSettings {
  double lambda = 0.002;
  int differences = 2;  // 2: straight lines are not penalised; 3: nor parabolas
};

class WhittakerSmoother {
 public:
  void reserve(std::size_t points);

  // x strictly ascending, in units of the run's peak width (so that lambda means the same for every
  // trace); y, weight and smoothed of the same length; weights >= 0, not all 0. Negative results
  // become 0. With too few points for a difference, y is copied.
  void smooth(std::span<const double> x, std::span<const double> y, std::span<const double> weight,
              const WhittakerSettings& settings, std::span<double> smoothed);

  // The same system in two steps, for several right-hand sides: after `factor`, `solve` replaces b
  // by (W + lambda D'D)^-1 b, unclipped. With fewer points than a difference needs it divides by W.
  void factor(std::span<const double> x, std::span<const double> weight,
              const WhittakerSettings& settings);
  void solve(std::span<double> b) const;

 private:
  static constexpr std::size_t kMaxOrder = 3;
  void add_difference(std::span<const double> x, std::size_t first, double lambda);
  void decompose();

  std::size_t order_ = 2;
  // band_[d][i]: element (i, i - d) of W + lambda D'D; then D on the diagonal and L below.
  std::array<std::vector<double>, kMaxOrder + 1> band_;
};

}  // namespace overland::kernel
