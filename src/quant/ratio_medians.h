// Medians of the log ratios of one run to eight others at a time, over the ions that both have.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace overland::quant {

inline constexpr std::size_t kLanes = 8;  // runs side by side

struct RatioMedians {
  std::array<double, kLanes> median;        // of log2(run / other); 0 where count is 0
  std::array<std::uint32_t, kLanes> count;  // ions that both runs have
};

class RunRatios {
 public:
  // values: log2 of the run's ions, all present. traces: of each of these ions by run, with gaps of
  // -infinity. Both have to live as long as they are asked.
  void set(std::span<const double> values, std::span<const double* const> traces);
  // The run against `other`, ..., other + 7. An even count takes the mean of the two in the middle.
  // The same bits from each vector unit: minimum and maximum round nothing.
  void medians(std::size_t other, RatioMedians& out);

 private:
  void select(std::size_t other, RatioMedians& out);

  std::span<const double> values_;
  std::span<const double* const> traces_;
  std::vector<double> rows_, column_;
};

}  // namespace overland::quant
