// Medians of many short columns side by side. A sorting network compares the same places whatever
// the data are, so eight columns are sorted at once and no branch depends on a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "quant/exchange_lanes.h"

namespace overland::quant {

inline constexpr std::size_t kNetworkMost = 128;  // longer columns are faster by selection

// The exchanges of Batcher's odd-even merge sort that decide the lower half of `length` places: the
// rest of a median's column need not be in order.
class MedianNetwork {
 public:
  explicit MedianNetwork(std::size_t length);
  // rows: length x kLanes values, row by row; missing ones are +infinity. On return the first
  // length / 2 + 1 places of each column are its smallest values in order.
  void sort(double* rows) const { exchange_lanes(rows, exchanges_); }

 private:
  std::vector<Exchange> exchanges_;
};

// Of each length up to kNetworkMost, made once.
[[nodiscard]] const MedianNetwork& median_network(std::size_t length);

// medians[lane] of the finite values of each column; counts[lane] of them, 0 leaves a median of 0.
// rows: length x kLanes as above, destroyed. An even count takes the mean of the two in the middle.
void column_medians(std::span<double> rows, std::size_t length, std::span<double, kLanes> medians,
                    std::span<std::uint32_t, kLanes> counts);

}  // namespace overland::quant
