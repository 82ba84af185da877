// Small robust statistics on plain columns.
#pragma once

#include <span>
#include <vector>

namespace overland::kernel {

// Non-decreasing fit by pooling adjacent violators: returns values of least weighted squares.
[[nodiscard]] std::vector<double> isotonic_fit(std::span<const double> y,
                                               std::span<const double> weight);

[[nodiscard]] double median_of(std::vector<double> values);  // 0 when empty
// 1.4826 x median |x - median|: the standard deviation of a normal sample.
[[nodiscard]] double robust_sd(std::vector<double> values);

}  // namespace overland::kernel
