// Medians of the log ratios of one run to eight other runs at a time, over the common ions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace overland::quant {

inline constexpr std::size_t kLanes = 8;  // runs processed side by side

struct RatioMedians {
  std::array<double, kLanes> median;        // median of log2(run / other); 0 if count is 0
  std::array<std::uint32_t, kLanes> count;  // number of common ions
};

class RunRatios {
 public:
  // values: log2 quantities of the run's ions, none missing. traces: log2 quantities of each of
  // these ions by run, -infinity if missing. Both must outlive the calls of medians().
  void set(std::span<const double> values, std::span<const double* const> traces);
  // Medians of the run against runs `other` to other + 7; for an even count, the mean of the two
  // middle values. All vector units give the same bits, because minimum and maximum do not round.
  void medians(std::size_t other, RatioMedians& out);

 private:
  void select(std::size_t other, RatioMedians& out);

  std::span<const double> values_;
  std::span<const double* const> traces_;
  std::vector<double> rows_, column_;
};

}  // namespace overland::quant
