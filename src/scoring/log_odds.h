// Logistic regression on a few columns, for calibrated odds that can be added, not only ranked.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace overland::scoring {

// log(p / (1 - p)) = b + w z, with z the columns standardised by the training rows (missing values
// are replaced by the mean). Newton's method maximises log likelihood - kRidge |w|^2 / 2. With
// fewer than kLeastRows rows of either label w is 0 and e^b = (1 + positives) / (1 + negatives).
class LogOdds {
 public:
  static constexpr double kRidge = 3;
  static constexpr std::size_t kLeastRows = 10;
  // `values`: row-major with `width` columns. `label`: 1 (positive) or 0 per row.
  static LogOdds train(std::span<const float> values, std::size_t width,
                       std::span<const std::uint8_t> label);
  [[nodiscard]] double operator()(std::span<const float> row) const;
  [[nodiscard]] std::span<const double> weights() const { return weight_; }  // w

 private:
  std::vector<double> mean_, inverse_sd_, weight_;
  double intercept_ = 0;
};

}  // namespace overland::scoring
