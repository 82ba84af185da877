#include "scoring/binned_features.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parallel.h"

namespace overland::scoring {
namespace {

constexpr std::size_t kSample = 20000;

// At most `most` limits that divide the sorted values into bins of about equal size.
std::vector<float> limits_of(const std::vector<float>& sorted, std::size_t most) {
  std::vector<float> distinct = sorted;
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::vector<float> limits;
  if (distinct.size() <= most + 1) {
    for (std::size_t i = 1; i < distinct.size(); ++i) limits.push_back(distinct[i]);
    return limits;
  }
  for (std::size_t i = 1; i <= most; ++i) {
    const float limit = sorted[i * sorted.size() / (most + 1)];
    if (limit > sorted.front() && (limits.empty() || limit > limits.back())) {
      limits.push_back(limit);
    }
  }
  return limits;
}

}  // namespace

FeatureBins FeatureBins::fit(const FeatureMatrix& matrix, std::span<const std::uint32_t> rows,
                             const Machine& machine) {
  FeatureBins bins;
  bins.limits_.assign(matrix.width() * kLimits, std::numeric_limits<float>::quiet_NaN());
  const std::size_t taken = std::min(rows.size(), kSample);
  parallel_for(matrix.width(), machine, [&](std::size_t c, int) {
    std::vector<float> values;
    for (std::size_t i = 0; i < taken; ++i) {
      const float value = matrix.row(rows[i * rows.size() / taken])[c];
      if (!std::isnan(value)) values.push_back(value);
    }
    std::sort(values.begin(), values.end());
    const std::vector<float> limits = limits_of(values, kLimits - 1);
    std::copy(limits.begin(), limits.end(),
              bins.limits_.begin() + static_cast<std::ptrdiff_t>(c * kLimits));
  });
  return bins;
}

void FeatureBins::bin(std::span<const float> row, std::span<std::uint8_t> out) const {
  for (std::size_t c = 0; c < row.size(); ++c) {
    const float* limit = limits_.data() + c * kLimits;
    std::size_t below = 0;  // number of limits <= value, by binary search over the 63 limits
    for (std::size_t step = kBins / 2; step > 0; step /= 2) {
      below += limit[below + step - 1] <= row[c] ? step : 0;
    }
    out[c] = std::isnan(row[c]) ? 0 : static_cast<std::uint8_t>(below + 1);
  }
}

BinnedRows bin_rows(const FeatureBins& bins, const FeatureMatrix& matrix,
                    std::span<const std::uint32_t> rows, const Machine& machine) {
  constexpr std::size_t kRange = 1 << 13;
  BinnedRows binned{matrix.width(), std::vector<std::uint8_t>(rows.size() * matrix.width())};
  parallel_ranges(rows.size(), kRange, machine, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      bins.bin(matrix.row(rows[i]), std::span(binned.bins).subspan(i * binned.width, binned.width));
    }
  });
  return binned;
}

}  // namespace overland::scoring
