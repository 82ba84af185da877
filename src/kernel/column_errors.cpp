#include "kernel/column_errors.h"

#include <algorithm>
#include <cmath>

namespace overland::kernel {

void ColumnErrors::reserve(const DesignMatrix::Capacity& capacity) {
  row_weight_.reserve(capacity.entries);
  leverage_.reserve(capacity.entries);
  column_curvature_.reserve(capacity.columns);
}

void ColumnErrors::update(const DesignMatrix& matrix, std::span<const float> residual,
                          float delta) {
  residual_ = residual;
  const float inverse_delta = 1 / delta;
  row_weight_.resize(matrix.row_count());
  for (std::size_t i = 0; i < row_weight_.size(); ++i) {
    const float scaled = residual[i] * inverse_delta;
    row_weight_[i] = 1 / std::sqrt(1 + scaled * scaled);
  }
  leverage_.assign(matrix.row_count(), 0);
  column_curvature_.resize(matrix.column_count());
  for (std::size_t j = 0; j < matrix.column_count(); ++j) {
    const auto rows = matrix.rows(j);
    const auto values = matrix.values(j);
    float curvature = 0;
    for (std::size_t k = 0; k < rows.size(); ++k) {
      curvature += values[k] * values[k] * row_weight_[rows[k]];
    }
    column_curvature_[j] = curvature;
    if (!(curvature > 0)) continue;
    for (std::size_t k = 0; k < rows.size(); ++k) {
      leverage_[rows[k]] += values[k] * values[k] * row_weight_[rows[k]] / curvature;
    }
  }
}

ColumnErrors::Of ColumnErrors::of(const DesignMatrix& matrix, std::size_t column) const {
  const float curvature = column_curvature_[column];
  if (!(curvature > 0)) return {};
  const auto rows = matrix.rows(column);
  const auto values = matrix.values(column);
  float left = 0;
  float counting = 0;
  float residual = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const std::size_t i = rows[k];
    const float information = values[k] * values[k] * row_weight_[i];
    const float others = leverage_[i] - information / curvature;
    left += information * std::max(0.0F, 1 - others);
    const float push = values[k] * row_weight_[i];
    const float observed = matrix.observed()[i];
    counting += push * push * std::max(observed, observed + residual_[i]);
    residual += push * push * residual_[i] * residual_[i];
  }
  // For a column that others cover fully, a tenth of its own curvature is used.
  left = std::max(left, 0.1F * curvature);
  return {std::sqrt(counting) / left, std::sqrt(residual) / left};
}

}  // namespace overland::kernel
