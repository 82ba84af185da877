// Ion traces shifted onto each other, then the median in each run (after directLFQ, Ammar et al.
// 2023). The cost is that of the quantities, not of the pairs of runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "quant/group_matrix.h"

namespace overland::quant {

// Traces join one after the other, that with most runs first; each is shifted by the median of its
// differences to the mean of those that joined before. x: log2 profile by run, each component with
// a mean of 0; returns how many components there are.
[[nodiscard]] std::size_t fit_aligned_profile(const GroupMatrix& group, std::span<double> x,
                                              std::span<std::uint32_t> component);

}  // namespace overland::quant
