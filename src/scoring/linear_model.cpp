#include "scoring/linear_model.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernel/cholesky.h"
#include "scoring/standardised.h"

namespace overland::scoring {
namespace {

// Ridge penalty in units of the variance of a standardised column; it grows as the smaller class
// shrinks.
constexpr double kRidge = 0.02;
constexpr double kRidgeRows = 50;  // size of the smaller class at which the penalty grows by 1

// Means of the standardised columns and numbers of rows of the classes 0 and 1.
struct Classes {
  std::array<std::vector<double>, 2> mean;
  std::array<double, 2> count{0, 0};
};

// The weights (S + ridge)^-1 (m1 - m0), with S the pooled within-class covariance, of which
// `covariance` holds the lower triangle, and m0, m1 the class means; 0 where this has no solution.
std::vector<double> discriminant(const Classes& classes, std::vector<double> covariance) {
  const std::size_t n = classes.mean[0].size();
  const double least = std::min(classes.count[0], classes.count[1]);
  const double ridge = kRidge + kRidgeRows / std::max(least, 1.0);
  std::vector<double> difference(n);
  for (std::size_t a = 0; a < n; ++a) {
    difference[a] = classes.mean[1][a] - classes.mean[0][a];
    covariance[a * n + a] += ridge;
    for (std::size_t b = a + 1; b < n; ++b) covariance[a * n + b] = covariance[b * n + a];
  }
  if (!kernel::solve_cholesky(covariance, difference)) std::ranges::fill(difference, 0);
  return difference;
}

}  // namespace

void LinearModel::measure_columns(const FeatureMatrix& matrix,
                                  std::span<const std::uint32_t> rows) {
  const std::size_t n = matrix.width();
  mean_.assign(n, 0);
  inverse_sd_.assign(n, 0);
  std::vector<double> present(n, 0);
  std::vector<double> squares(n, 0);
  for (const std::uint32_t r : rows) {
    for (std::size_t c = 0; c < n; ++c) {
      const float value = matrix.row(r)[c];
      if (std::isnan(value)) continue;
      present[c] += 1;
      mean_[c] += static_cast<double>(value);
      squares[c] += static_cast<double>(value) * static_cast<double>(value);
    }
  }
  for (std::size_t c = 0; c < n; ++c) {
    if (present[c] == 0 || (!matrix.is_core.empty() && matrix.is_core[c] == 0)) continue;
    mean_[c] /= present[c];
    const double variance = squares[c] / present[c] - mean_[c] * mean_[c];
    if (!(variance > 1e-12)) continue;
    inverse_sd_[c] = 1 / std::sqrt(variance);
    used_.push_back(c);
  }
}

void LinearModel::standardise(std::span<const float> row, std::span<double> z) const {
  for (const std::size_t c : used_) z[c] = standardised(row[c], mean_[c], inverse_sd_[c]);
}

LinearModel LinearModel::train(const FeatureMatrix& matrix, std::span<const std::uint32_t> rows,
                               std::span<const std::uint8_t> label) {
  const std::size_t n = matrix.width();
  LinearModel model;
  model.measure_columns(matrix, rows);
  Classes classes{{std::vector<double>(n, 0), std::vector<double>(n, 0)}};
  std::vector<double> z(n);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    model.standardise(matrix.row(rows[i]), z);
    classes.count[label[i]] += 1;
    for (const std::size_t c : model.used_) classes.mean[label[i]][c] += z[c];
  }
  for (const std::size_t k : {0U, 1U}) {
    for (double& m : classes.mean[k]) m /= std::max(classes.count[k], 1.0);
  }
  std::vector<double> covariance(n * n, 0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    model.standardise(matrix.row(rows[i]), z);
    for (const std::size_t c : model.used_) z[c] -= classes.mean[label[i]][c];
    // Both classes weigh the same.
    const double factor = 0.5 / std::max(classes.count[label[i]], 1.0);
    for (const std::size_t a : model.used_) {
      const double scaled = factor * z[a];
      for (const std::size_t b : model.used_) {
        if (b > a) break;
        covariance[a * n + b] += scaled * z[b];
      }
    }
  }
  model.weight_ = discriminant(classes, std::move(covariance));
  return model;
}

float LinearModel::score(std::span<const float> row) const {
  double sum = 0;
  for (const std::size_t c : used_) {
    sum += weight_[c] * standardised(row[c], mean_[c], inverse_sd_[c]);
  }
  return static_cast<float>(sum);
}

}  // namespace overland::scoring
