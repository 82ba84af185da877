// Features as bytes: the bin of each value among quantiles of the training rows. Trees compare
// these bytes instead of numbers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scoring/feature_matrix.h"

namespace overland::scoring {

inline constexpr std::size_t kBins = 64;  // 0: missing; 1 .. 63: ascending values

class FeatureBins {
 public:
  // Limits from at most 20,000 of the rows, evenly spaced; a column with few distinct values gets
  // a bin for each.
  [[nodiscard]] static FeatureBins fit(const FeatureMatrix& matrix,
                                       std::span<const std::uint32_t> rows, int threads = 1);

  [[nodiscard]] std::size_t width() const { return limits_.size() / kLimits; }
  // Precondition: both as wide as the matrix.
  void bin(std::span<const float> row, std::span<std::uint8_t> out) const;

 private:
  static constexpr std::size_t kLimits = kBins - 1;
  // Per column: the least value of bins 2, 3, ...; NaN beyond the last, which no value reaches.
  std::vector<float> limits_;
};

struct BinnedRows {
  std::size_t width = 0;
  std::vector<std::uint8_t> bins;  // row-major
  [[nodiscard]] std::size_t size() const { return width == 0 ? 0 : bins.size() / width; }
  [[nodiscard]] const std::uint8_t* row(std::size_t i) const { return bins.data() + i * width; }
};
[[nodiscard]] BinnedRows bin_rows(const FeatureBins& bins, const FeatureMatrix& matrix,
                                  std::span<const std::uint32_t> rows, int threads = 1);

}  // namespace overland::scoring
