// Features as bytes: each value is replaced by the number of its quantile bin, with bins fitted on
// the training rows. Trees compare these bytes instead of numbers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/machine.h"
#include "scoring/feature_matrix.h"

namespace overland::scoring {

inline constexpr std::size_t kBins = 64;  // 0: missing; 1 .. 63: ascending values

class FeatureBins {
 public:
  // Fits the bin limits to at most 20,000 evenly spaced rows. A column with few distinct values
  // gets one bin per value.
  [[nodiscard]] static FeatureBins fit(const FeatureMatrix& matrix,
                                       std::span<const std::uint32_t> rows,
                                       const Machine& machine = {});

  [[nodiscard]] std::size_t width() const { return limits_.size() / kLimits; }
  // Precondition: `row` and `out` have width() elements.
  void bin(std::span<const float> row, std::span<std::uint8_t> out) const;

 private:
  static constexpr std::size_t kLimits = kBins - 1;
  // Per column: the lowest value of bins 2, 3, ...; NaN for unused bins, which no value reaches.
  std::vector<float> limits_;
};

struct BinnedRows {
  std::size_t width = 0;
  std::vector<std::uint8_t> bins;  // row-major
  [[nodiscard]] std::size_t size() const { return width == 0 ? 0 : bins.size() / width; }
  [[nodiscard]] const std::uint8_t* row(std::size_t i) const { return bins.data() + i * width; }
};
[[nodiscard]] BinnedRows bin_rows(const FeatureBins& bins, const FeatureMatrix& matrix,
                                  std::span<const std::uint32_t> rows, const Machine& machine = {});

}  // namespace overland::scoring
