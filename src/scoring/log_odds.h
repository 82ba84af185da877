// Logistic regression on a few columns, for odds that are to be added up, not only ranked.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace overland::scoring {

// log(p / (1 - p)) = b + w z, with z the columns standardised by the training rows (missing values:
// the mean). Maximises the likelihood less kRidge |w|^2 / 2 by Newton's steps. With fewer than
// kLeastRows rows of either label there is only b, so that e^b = (1 + positives) / (1 + negatives).
class LogOdds {
 public:
  static constexpr double kRidge = 3;
  static constexpr std::size_t kLeastRows = 10;
  // Row-major, `width` columns, one label (1: positive) per row.
  static LogOdds train(std::span<const float> values, std::size_t width,
                       std::span<const std::uint8_t> label);
  [[nodiscard]] double operator()(std::span<const float> row) const;
  [[nodiscard]] std::span<const double> weights() const { return weight_; }  // of the z

 private:
  std::vector<double> mean_, inverse_sd_, weight_;
  double intercept_ = 0;
};

}  // namespace overland::scoring
