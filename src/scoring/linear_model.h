// Fisher's linear discriminant with a ridge: the score for little data, and the first one always.
#pragma once

#include <span>
#include <vector>

#include "scoring/feature_matrix.h"

namespace overland::scoring {

class LinearModel {
 public:
  // Rows of the matrix with label 1 (positive) or 0. Columns are standardised by the training rows;
  // missing values count as the column's mean. Columns that are not core have no weight: with few
  // identifications each weak feature costs more than it brings.
  static LinearModel train(const FeatureMatrix& matrix, std::span<const std::uint32_t> rows,
                           std::span<const std::uint8_t> label);
  [[nodiscard]] float score(std::span<const float> row) const;  // higher is more like a positive
  [[nodiscard]] std::span<const double> weights() const { return weight_; }

 private:
  std::vector<double> mean_, inverse_sd_, weight_;
  std::vector<std::size_t> used_;  // columns with a weight, ascending
};

}  // namespace overland::scoring
