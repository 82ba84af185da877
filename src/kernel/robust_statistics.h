// Small robust statistics on plain columns.
#pragma once

#include <span>
#include <vector>

namespace overland::kernel {

// Isotonic regression: the non-decreasing values of least weighted squared error, by the
// pool-adjacent-violators algorithm.
[[nodiscard]] std::vector<double> isotonic_fit(std::span<const double> y,
                                               std::span<const double> weight);

[[nodiscard]] double median_of(std::vector<double> values);  // 0 when empty
// 1.4826 x median |x - median|: the standard deviation of a normal sample.
[[nodiscard]] double robust_sd(std::vector<double> values);

}  // namespace overland::kernel
