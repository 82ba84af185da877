// Fisher's linear discriminant with a ridge penalty: the first model of rescoring, and the only one
// when there are few identifications.
#pragma once

#include <span>
#include <vector>

#include "scoring/feature_matrix.h"

namespace overland::scoring {

class LinearModel {
 public:
  // `label`: 1 (positive) or 0 for each of `rows`. Columns are standardised by the training rows;
  // missing values are replaced by the column's mean. Columns that are not core have no weight,
  // because with few identifications a weak feature adds more noise than information.
  static LinearModel train(const FeatureMatrix& matrix, std::span<const std::uint32_t> rows,
                           std::span<const std::uint8_t> label);
  [[nodiscard]] float score(std::span<const float> row) const;  // higher: more likely a positive
  [[nodiscard]] std::span<const double> weights() const { return weight_; }

 private:
  // Sets mean_, inverse_sd_ and used_ from the training rows.
  void measure_columns(const FeatureMatrix& matrix, std::span<const std::uint32_t> rows);
  // The standardised values of the used columns; the others stay as they are.
  void standardise(std::span<const float> row, std::span<double> z) const;

  std::vector<double> mean_, inverse_sd_, weight_;
  std::vector<std::size_t> used_;  // columns with a weight, ascending
};

}  // namespace overland::scoring
