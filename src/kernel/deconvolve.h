// Non-negative deconvolution of one scan by cyclic coordinate descent.
//
// Minimises over w >= 0 the pseudo-Huber loss (Charbonnier et al. 1997)
//   F(w) = sum_i delta^2 (sqrt(1 + (r_i / delta)^2) - 1),  r = A w - x,
// which is quadratic for residuals well below delta and linear above: a peak that some other,
// unlisted peptide caused pulls a weight with bounded force only.
// Each coordinate step minimises a quadratic that lies above F and touches it
//   (s_i = 1 / sqrt(1 + (r_i / delta)^2);  w_j <- max(0, w_j - sum a r s / sum a^2 s)),
// so F never rises, and no step size or bisection is needed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernel/design_matrix.h"

namespace overland::kernel {

struct SolverSettings {
  float delta = 1e5F;                // in units of intensity
  float relative_tolerance = 1e-3F;  // stop when no weight above the floor changes by more
  float weight_floor = 1e-6F;        // relative to the largest weight of the scan
  int max_sweeps = 200;
};

class Deconvolver {
 public:
  void reserve(const DesignMatrix::Capacity& capacity);

  // `weights` holds the start on entry (the last scan's solution, or 0) and the solution on return;
  // size = matrix.column_count(). Returns the number of sweeps.
  int solve(const DesignMatrix& matrix, const SolverSettings& settings, std::span<float> weights);

  // After solve: r = A w - x.
  [[nodiscard]] std::span<const float> residuals() const { return residual_; }

 private:
  float update_column(const DesignMatrix& matrix, std::size_t column, float inverse_delta,
                      std::span<float> weights);
  void start_residuals(const DesignMatrix& matrix, std::span<const float> weights);

  std::vector<float> residual_;
  std::vector<std::uint8_t> is_idle_;  // columns that the last sweep left at 0
};

}  // namespace overland::kernel
