#include "kernel/deconvolve.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace overland::kernel {
namespace {

constexpr std::size_t kBlock = 12;

}  // namespace

void Deconvolver::reserve(const DesignMatrix::Capacity& capacity) {
  residual_.reserve(capacity.entries);
  is_idle_.reserve(capacity.columns);
}

// One majorised step; returns the change of the weight.
float Deconvolver::update_column(const DesignMatrix& matrix, std::size_t column,
                                 float inverse_delta, std::span<float> weights) {
  const auto rows = matrix.rows(column);
  const auto values = matrix.values(column);
  float gradient = 0;
  float curvature = 0;
  // In blocks, so that the square roots and divisions of a block run side by side.
  for (std::size_t begin = 0; begin < rows.size(); begin += kBlock) {
    const std::size_t count = std::min(kBlock, rows.size() - begin);
    std::array<float, kBlock> r{};
    std::array<float, kBlock> a{};
    for (std::size_t k = 0; k < count; ++k) {
      r[k] = residual_[rows[begin + k]];
      a[k] = values[begin + k];
    }
    std::array<float, kBlock> g;
    std::array<float, kBlock> h;
    for (std::size_t k = 0; k < kBlock; ++k) {
      const float scaled = r[k] * inverse_delta;
      const float as = a[k] / std::sqrt(1 + scaled * scaled);
      g[k] = as * r[k];
      h[k] = as * a[k];
    }
    for (std::size_t k = 0; k < count; ++k) {
      gradient += g[k];
      curvature += h[k];
    }
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

void Deconvolver::start_residuals(const DesignMatrix& matrix, std::span<const float> weights) {
  residual_.resize(matrix.row_count());
  for (std::size_t i = 0; i < residual_.size(); ++i) residual_[i] = -matrix.observed()[i];
  for (std::size_t j = 0; j < weights.size(); ++j) {
    const auto rows = matrix.rows(j);
    const auto values = matrix.values(j);
    for (std::size_t k = 0; k < rows.size(); ++k) residual_[rows[k]] += values[k] * weights[j];
  }
}

// Most columns end at 0 and stay there: one that a sweep left at 0 is looked at again only in full
// sweeps, and only a full sweep can end the solution.
int Deconvolver::solve(const DesignMatrix& matrix, const SolverSettings& settings,
                       std::span<float> weights) {
  start_residuals(matrix, weights);
  is_idle_.assign(weights.size(), 0);
  const float inverse_delta = 1 / settings.delta;
  bool is_full = true;
  for (int sweep = 1; sweep <= settings.max_sweeps; ++sweep) {
    float largest = 0;
    for (const float w : weights) largest = std::max(largest, w);
    const float floor = largest * settings.weight_floor;
    float worst = 0;
    for (std::size_t j = 0; j < weights.size(); ++j) {
      if (!is_full && is_idle_[j] != 0) continue;
      const float before = weights[j];
      const float change = std::abs(update_column(matrix, j, inverse_delta, weights));
      is_idle_[j] = before == 0 && weights[j] == 0 ? 1 : 0;
      const float scale = std::max(before, weights[j]);
      if (scale > floor) worst = std::max(worst, change / scale);
    }
    const bool is_settled = worst < settings.relative_tolerance;
    if (is_settled && is_full) return sweep;
    is_full = is_settled;
  }
  return settings.max_sweeps;
}

}  // namespace overland::kernel
