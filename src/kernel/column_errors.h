// Standard deviations of the weights of a deconvolution.
//
// Near the solution the loss is a quadratic with curvature A'SA, where S is diagonal with the row
// weights s_i = rho'(r_i) / r_i of the loss. An error e_i of row i changes weight j by
// a_ij s_i e_i / h_j, where
//   h_j = sum_i a_ij^2 s_i (1 - L_i + l_ij),
//   l_ij = a_ij^2 s_i / sum_i a_ij^2 s_i,  L_i = sum_j l_ij
// is the curvature along weight j while the other weights adjust: a row that is mostly explained by
// other columns contributes little. (First term of the series of the Schur complement; exact if
// columns share no rows.)
#pragma once

#include <span>
#include <vector>

#include "kernel/deconvolve.h"

namespace overland::kernel {

class ColumnErrors {
 public:
  struct Of {
    // SD divided by sqrt(gain), if the variance of peak i is gain * max(observed, fitted):
    // sqrt(sum (a s)^2 max(x, x + r)) / h.
    float counting = 0;
    // SD if the residuals are the errors: sqrt(sum (a s r)^2) / h.
    float residual = 0;
  };

  void reserve(const DesignMatrix::Capacity& capacity);
  // For the solution whose residuals are `residual` = A w - x.
  void update(const DesignMatrix& matrix, std::span<const float> residual, float delta);
  [[nodiscard]] Of of(const DesignMatrix& matrix, std::size_t column) const;

 private:
  std::span<const float> residual_;
  std::vector<float> row_weight_;        // s_i
  std::vector<float> leverage_;          // L_i
  std::vector<float> column_curvature_;  // sum_i a_ij^2 s_i
};

}  // namespace overland::kernel
