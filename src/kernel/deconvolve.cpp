#include "kernel/deconvolve.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernel/float4.h"

namespace overland::kernel {
namespace {

constexpr std::size_t kUsualColumn = 32;  // entries; a longer column makes the scratch grow

}  // namespace

float scale_template(std::span<float> intensity) {
  float sum = 0;
  for (const float x : intensity) sum += x;
  for (float& x : intensity) x = sum > 0 ? x / sum : 0;
  return sum;
}

void DesignMatrix::reserve(const Capacity& capacity) {
  column_begin_.reserve(capacity.columns + 1);
  row_.reserve(capacity.entries);
  value_.reserve(capacity.entries);
  observed_.reserve(capacity.entries);
  peak_row_.reserve(capacity.peaks);
}

void DesignMatrix::begin_scan(std::size_t peak_count) {
  column_begin_.assign(1, 0);
  row_.clear();
  value_.clear();
  observed_.clear();
  peak_row_.assign(peak_count, 0);
}

std::uint32_t DesignMatrix::row_of_peak(std::int32_t peak, std::span<const float> peak_intensity) {
  const auto index = static_cast<std::size_t>(peak);
  if (peak_row_[index] == 0) {
    observed_.push_back(peak_intensity[index]);
    peak_row_[index] = static_cast<std::uint32_t>(observed_.size());
  }
  return peak_row_[index] - 1;
}

void DesignMatrix::add_column(std::span<const float> template_intensity,
                              std::span<const std::int32_t> peak_index,
                              std::span<const float> peak_intensity) {
  const std::size_t first = row_.size();
  for (std::size_t f = 0; f < template_intensity.size(); ++f) {
    if (peak_index[f] < 0) {
      row_.push_back(static_cast<std::uint32_t>(observed_.size()));
      value_.push_back(template_intensity[f]);
      observed_.push_back(0);
      continue;
    }
    const std::uint32_t row = row_of_peak(peak_index[f], peak_intensity);
    std::size_t same = first;
    while (same < row_.size() && row_[same] != row) ++same;
    if (same < row_.size()) {
      value_[same] += template_intensity[f];
    } else {
      row_.push_back(row);
      value_.push_back(template_intensity[f]);
    }
  }
  column_begin_.push_back(static_cast<std::uint32_t>(row_.size()));
}

void Deconvolver::reserve(const DesignMatrix::Capacity& capacity) {
  residual_.reserve(capacity.entries);
  is_idle_.reserve(capacity.columns);
  column_value_.resize(std::max(column_value_.size(), kUsualColumn));
  column_residual_.resize(column_value_.size());
}

float Deconvolver::set_weight(const DesignMatrix& matrix, std::size_t column, float updated,
                              std::span<float> weights) {
  const float change = updated - weights[column];
  if (change == 0) return 0;
  const auto rows = matrix.rows(column);
  const auto values = matrix.values(column);
  for (std::size_t k = 0; k < rows.size(); ++k) residual_[rows[k]] += values[k] * change;
  weights[column] = updated;
  return change;
}

float Deconvolver::squared_step(const DesignMatrix& matrix, std::size_t column,
                                std::span<float> weights) {
  const auto rows = matrix.rows(column);
  const auto values = matrix.values(column);
  float gradient = 0;
  float curvature = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    gradient += values[k] * residual_[rows[k]];
    curvature += values[k] * values[k];
  }
  if (!(curvature > 0)) return 0;
  return set_weight(matrix, column, std::max(0.0F, weights[column] - gradient / curvature),
                    weights);
}

// Slope and curvature of the Poisson loss at weight `w` of a column whose current weight is `held`.
Deconvolver::Slope Deconvolver::poisson_slope(const DesignMatrix& matrix, std::size_t column,
                                              double held, double w) const {
  const auto rows = matrix.rows(column);
  const auto values = matrix.values(column);
  Slope slope;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const auto a = static_cast<double>(values[k]);
    const auto x = static_cast<double>(matrix.observed()[rows[k]]);
    const double others = static_cast<double>(residual_[rows[k]]) + x - a * held;
    const double m = std::max(others, 0.0) + a * w + static_cast<double>(background_);
    slope.gradient += a * (m > 0 ? 1 - x / m : 1);
    slope.curvature += m > 0 ? a * a * x / (m * m) : 0;
  }
  return slope;
}

// Goes to the minimum along one coordinate.
float Deconvolver::poisson_step(const DesignMatrix& matrix, std::size_t column, float tolerance,
                                std::span<float> weights) {
  constexpr int kMaxSteps = 60;
  const auto held = static_cast<double>(weights[column]);
  if (poisson_slope(matrix, column, held, 0).gradient >= 0) {
    return set_weight(matrix, column, 0, weights);
  }
  double observed_sum = 0;
  double template_sum = 0;
  for (const std::uint32_t row : matrix.rows(column)) {
    observed_sum += static_cast<double>(matrix.observed()[row]);
  }
  for (const float a : matrix.values(column)) template_sum += static_cast<double>(a);
  double low = 0;
  double high = observed_sum / template_sum;  // a slope below 0 needs a template and a peak
  double w = held > 0 && held < high ? held : high;
  for (int count = 0; count < kMaxSteps; ++count) {
    const Slope slope = poisson_slope(matrix, column, held, w);
    (slope.gradient < 0 ? low : high) = w;
    const double newton = w - slope.gradient / slope.curvature;
    const double middle = low > 0 ? (low + high) / 2 : high / 8;
    const double next = newton > low && newton < high ? newton : middle;
    const bool is_settled = std::abs(next - w) <= 0.1 * static_cast<double>(tolerance) * w;
    w = next;
    if (is_settled) break;
  }
  return set_weight(matrix, column, static_cast<float>(w), weights);
}

float Deconvolver::step(const DesignMatrix& matrix, std::size_t column,
                        const SolverSettings& settings, std::span<float> weights) {
  switch (settings.loss) {
    case Loss::huber:
      return huber_step(matrix, column, settings, weights);
    case Loss::squared:
      return squared_step(matrix, column, weights);
    case Loss::poisson:
      return poisson_step(matrix, column, settings.relative_tolerance, weights);
  }
  return 0;
}

// The column's residuals and values side by side, padded with zeros, which add nothing to any sum.
void Deconvolver::load_column(const DesignMatrix& matrix, std::size_t column) {
  const auto rows = matrix.rows(column);
  const auto values = matrix.values(column);
  padded_ = (rows.size() + kLanes - 1) / kLanes * kLanes;
  if (column_value_.size() < padded_) {
    column_value_.resize(padded_);
    column_residual_.resize(padded_);
  }
  for (std::size_t k = 0; k < rows.size(); ++k) {
    column_residual_[k] = residual_[rows[k]];
    column_value_[k] = values[k];
  }
  for (std::size_t k = rows.size(); k < padded_; ++k) column_value_[k] = column_residual_[k] = 0;
}

// Evaluated at the weight with which the column was loaded plus `change`.
Deconvolver::HuberShape Deconvolver::huber_shape(float change, float inverse_delta) const {
  Float4 loss{};
  Float4 gradient{};
  Float4 majorant{};
  Float4 curvature{};
  for (std::size_t k = 0; k < padded_; k += kLanes) {
    const Float4 a = load4(&column_value_[k]);
    const Float4 r = load4(&column_residual_[k]) + a * change;
    const Float4 scaled = r * inverse_delta;
    const Float4 root = sqrt4(1 + scaled * scaled);
    const Float4 share = 1 / root;
    const Float4 as = a * share;
    loss += root;
    gradient += as * r;
    majorant += as * a;
    curvature += as * a * share * share;
  }
  return {sum4(loss), sum4(gradient), sum4(majorant), sum4(curvature)};
}

// A Newton step if it decreases the loss, otherwise a majorised step, which always does. Close to
// the minimum the majorised step suffices.
float Deconvolver::huber_step(const DesignMatrix& matrix, std::size_t column,
                              const SolverSettings& settings, std::span<float> weights) {
  constexpr float kLongest = 4;  // of a Newton step, in majorised steps
  load_column(matrix, column);
  const float inverse_delta = 1 / settings.delta;
  const float held = weights[column];
  const HuberShape here = huber_shape(0, inverse_delta);
  if (!(here.majorant > 0) || (held == 0 && here.gradient >= 0)) return 0;
  const float safe = std::max(0.0F, held - here.gradient / here.majorant);
  if (std::abs(safe - held) <= settings.relative_tolerance * std::max(safe, held)) {
    return set_weight(matrix, column, safe, weights);
  }
  const float bold =
      std::max(0.0F, held - here.gradient / std::max(here.curvature, here.majorant / kLongest));
  const HuberShape there = huber_shape(bold - held, inverse_delta);
  if (there.loss > here.loss) return set_weight(matrix, column, safe, weights);
  return set_weight(matrix, column, std::max(0.0F, bold - there.gradient / there.majorant),
                    weights);
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

// Most columns end at 0 and stay there: a column at 0 after a sweep is visited again only in full
// sweeps, and only a full sweep can establish convergence.
int Deconvolver::solve(const DesignMatrix& matrix, const SolverSettings& settings,
                       std::span<float> weights) {
  start_residuals(matrix, weights);
  is_idle_.assign(weights.size(), 0);
  background_ = 0;
  for (const float x : matrix.observed()) background_ = std::max(background_, x);
  background_ *= kPoissonBackground;
  bool is_full = true;
  for (int sweep = 1; sweep <= settings.max_sweeps; ++sweep) {
    float largest = 0;
    for (const float w : weights) largest = std::max(largest, w);
    const float floor = largest * settings.weight_floor;
    float worst = 0;
    for (std::size_t j = 0; j < weights.size(); ++j) {
      if (!is_full && is_idle_[j] != 0) continue;
      const float before = weights[j];
      const float change = std::abs(step(matrix, j, settings, weights));
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
