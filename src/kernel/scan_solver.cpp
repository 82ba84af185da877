#include "kernel/scan_solver.h"

#include <algorithm>
#include <cmath>

namespace overland::kernel {

SolverCounts& SolverCounts::operator+=(const SolverCounts& other) {
  scans += other.scans;
  columns += other.columns;
  sweeps += other.sweeps;
  return *this;
}

void ScanSolver::reserve(const Capacity& capacity) {
  matrix_.reserve(capacity);
  deconvolver_.reserve(capacity);
  errors_.reserve(capacity);
  weights_.reserve(capacity.columns);
}

std::uint64_t ScanSolver::bytes(const Capacity& capacity) {
  constexpr std::uint64_t kPerEntry = 4 + 4 + 4     // row, value, observed
                                      + 4 + 4 + 4;  // residual, row weight, leverage
  constexpr std::uint64_t kPerColumn = 4 + 4        // weight, column begin
                                       + 1 + 4;     // idle, curvature
  return sizeof(ScanSolver) + kPerEntry * capacity.entries + kPerColumn * capacity.columns + 4 +
         4 * capacity.peaks;
}

void ScanSolver::begin(const ScanPeaks& peaks) {
  intensity_ = peaks.intensity;
  matrix_.begin_scan(peaks.size());
  weights_.clear();
}

void ScanSolver::add(std::span<const float> intensity, std::span<const std::int32_t> matches,
                     float start) {
  matrix_.add_column(intensity, matches, intensity_);
  weights_.push_back(start);
}

int ScanSolver::solve(const SolverSettings& settings) {
  return deconvolver_.solve(matrix_, settings, weights_);
}

// For the other losses all rows get equal weight here; for ion counts this is an approximation.
void ScanSolver::estimate_errors(const SolverSettings& settings) {
  constexpr float kNever = 1e30F;
  errors_.update(matrix_, deconvolver_.residuals(),
                 settings.loss == Loss::huber ? settings.delta : kNever);
}

PointScores ScanSolver::scores(std::size_t column) const {
  const auto rows = matrix_.rows(column);
  const auto values = matrix_.values(column);
  const std::span<const float> residual = deconvolver_.residuals();
  const float weight = weights_[column];
  float dot = 0;
  float left_norm = 0;
  float template_norm = 0;
  float residual_sum = 0;
  float fitted_sum = 0;
  float matched_fit = 0;
  float matched_observed = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const float observed = matrix_.observed()[rows[k]];
    const float fitted = weight * values[k];
    const float left = std::max(0.0F, fitted - residual[rows[k]]);  // observed minus other columns
    dot += values[k] * left;
    left_norm += left * left;
    template_norm += values[k] * values[k];
    residual_sum += std::abs(residual[rows[k]]);
    fitted_sum += fitted;
    matched_observed += observed;
    if (observed > 0) matched_fit += std::min(fitted, observed);
  }
  const float norm = std::sqrt(left_norm) * std::sqrt(template_norm);
  PointScores scores;
  scores.weight = weight;
  scores.fitted_cosine = norm > 0 ? dot / norm : 0;
  scores.residual_fraction = fitted_sum > 0 ? std::min(residual_sum / fitted_sum, 100.0F) : 100.0F;
  scores.purity = matched_observed > 0 ? matched_fit / matched_observed : 0;
  return scores;
}

TracePoint ScanSolver::point(std::size_t column) const {
  const auto rows = matrix_.rows(column);
  const auto values = matrix_.values(column);
  const float weight = weights_[column];
  float observed = 0;
  float own = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const float x = matrix_.observed()[rows[k]];
    observed += x;
    own += std::min(weight * values[k], x);
  }
  const ColumnErrors::Of error = errors_.of(matrix_, column);
  TracePoint point;
  point.weight = weight;
  point.counting_sd = to_short_float(error.counting);
  point.residual_sd = to_short_float(error.residual);
  point.purity = static_cast<std::uint8_t>(observed > 0 ? std::lround(255 * own / observed) : 0);
  return point;
}

}  // namespace overland::kernel
