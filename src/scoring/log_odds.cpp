#include "scoring/log_odds.h"

#include <algorithm>
#include <cmath>

#include "base/pinned_math.h"
#include "kernel/cholesky.h"
#include "scoring/standardised.h"

namespace overland::scoring {
namespace {

constexpr int kMaxSteps = 25;
constexpr double kSettled = 1e-8;  // largest change of a coefficient in the last Newton step

// Mean and 1 / SD of a column; 0 instead of 1 / SD if the column is constant.
std::pair<double, double> spread_of(std::span<const float> values, std::size_t width,
                                    std::size_t column) {
  double n = 0, sum = 0, squares = 0;
  for (std::size_t i = column; i < values.size(); i += width) {
    if (std::isnan(values[i])) continue;
    n += 1;
    sum += static_cast<double>(values[i]);
    squares += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  }
  if (n == 0) return {0, 0};
  const double mean = sum / n;
  const double variance = squares / n - mean * mean;
  return {mean, variance > 1e-12 ? 1 / std::sqrt(variance) : 0};
}

// One Newton step for all coefficients; the first (the intercept) has no ridge penalty.
std::vector<double> newton_step(const std::vector<double>& z, std::span<const std::uint8_t> label,
                                const std::vector<double>& coefficient) {
  const std::size_t n = coefficient.size();
  std::vector<double> gradient(n, 0);
  std::vector<double> curvature(n * n, 0);
  for (std::size_t a = 0; a < n; ++a) {
    const double ridge = a == 0 ? 1e-6 : LogOdds::kRidge;
    gradient[a] = -ridge * coefficient[a];
    curvature[a * n + a] = ridge;
  }
  for (std::size_t i = 0; i < label.size(); ++i) {
    const double* row = &z[i * n];
    double odds = 0;
    for (std::size_t a = 0; a < n; ++a) odds += coefficient[a] * row[a];
    const double p = pinned::logistic(odds);
    for (std::size_t a = 0; a < n; ++a) {
      gradient[a] += (label[i] - p) * row[a];
      for (std::size_t b = 0; b <= a; ++b) curvature[a * n + b] += p * (1 - p) * row[a] * row[b];
    }
  }
  if (!kernel::solve_cholesky(curvature, gradient)) std::ranges::fill(gradient, 0);
  return gradient;
}

}  // namespace

LogOdds LogOdds::train(std::span<const float> values, std::size_t width,
                       std::span<const std::uint8_t> label) {
  LogOdds model;
  const auto positives = static_cast<std::size_t>(std::ranges::count(label, 1));
  const std::size_t negatives = label.size() - positives;
  model.intercept_ =
      pinned::log(static_cast<double>(1 + positives) / static_cast<double>(1 + negatives));
  model.weight_.assign(width, 0);
  for (std::size_t c = 0; c < width; ++c) {
    const auto [mean, inverse_sd] = spread_of(values, width, c);
    model.mean_.push_back(mean);
    model.inverse_sd_.push_back(inverse_sd);
  }
  if (std::min(positives, negatives) < kLeastRows) return model;
  std::vector<double> z;
  for (std::size_t i = 0; i < label.size(); ++i) {
    z.push_back(1);
    for (std::size_t c = 0; c < width; ++c) {
      z.push_back(standardised(values[i * width + c], model.mean_[c], model.inverse_sd_[c]));
    }
  }
  std::vector<double> coefficient(width + 1, 0);
  coefficient[0] = model.intercept_;
  for (int count = 0; count < kMaxSteps; ++count) {
    const std::vector<double> step = newton_step(z, label, coefficient);
    double longest = 0;
    for (std::size_t a = 0; a < step.size(); ++a) {
      coefficient[a] += std::clamp(step[a], -2.0, 2.0);
      longest = std::max(longest, std::abs(step[a]));
    }
    if (longest < kSettled) break;
  }
  model.intercept_ = coefficient[0];
  std::copy(coefficient.begin() + 1, coefficient.end(), model.weight_.begin());
  return model;
}

double LogOdds::operator()(std::span<const float> row) const {
  double odds = intercept_;
  for (std::size_t c = 0; c < weight_.size(); ++c) {
    odds += weight_[c] * standardised(row[c], mean_[c], inverse_sd_[c]);
  }
  return odds;
}

}  // namespace overland::scoring
