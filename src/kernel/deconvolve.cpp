#include "kernel/deconvolve.h"

#include <algorithm>
#include <cmath>

namespace overland::kernel {

void Deconvolver::reserve(const DesignMatrix::Capacity& capacity) {
  residual_.reserve(capacity.entries);
}

// One majorised step; returns the change of the weight.
float Deconvolver::update_column(const DesignMatrix& matrix, std::size_t column,
                                 float inverse_delta, std::span<float> weights) {
  const auto rows = matrix.rows(column);
  const auto values = matrix.values(column);
  float gradient = 0;
  float curvature = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const float r = residual_[rows[k]];
    const float scaled = r * inverse_delta;
    const float as = values[k] / std::sqrt(1 + scaled * scaled);
    gradient += as * r;
    curvature += as * values[k];
  }
  if (!(curvature > 0)) return 0;
  const float updated = std::max(0.0F, weights[column] - gradient / curvature);
  const float change = updated - weights[column];
  if (change != 0) {
    for (std::size_t k = 0; k < rows.size(); ++k) residual_[rows[k]] += values[k] * change;
    weights[column] = updated;
  }
  return change;
}

int Deconvolver::solve(const DesignMatrix& matrix, const SolverSettings& settings,
                       std::span<float> weights) {
  residual_.resize(matrix.row_count());
  for (std::size_t i = 0; i < residual_.size(); ++i) residual_[i] = -matrix.observed()[i];
  for (std::size_t j = 0; j < weights.size(); ++j) {
    const auto rows = matrix.rows(j);
    const auto values = matrix.values(j);
    for (std::size_t k = 0; k < rows.size(); ++k) residual_[rows[k]] += values[k] * weights[j];
  }
  const float inverse_delta = 1 / settings.delta;
  for (int sweep = 1; sweep <= settings.max_sweeps; ++sweep) {
    float largest = 0;
    for (const float w : weights) largest = std::max(largest, w);
    const float floor = largest * settings.weight_floor;
    float worst = 0;
    for (std::size_t j = 0; j < weights.size(); ++j) {
      const float before = weights[j];
      const float change = std::abs(update_column(matrix, j, inverse_delta, weights));
      const float scale = std::max(before, weights[j]);
      if (scale > floor) worst = std::max(worst, change / scale);
    }
    if (worst < settings.relative_tolerance) return sweep;
  }
  return settings.max_sweeps;
}

}  // namespace overland::kernel
