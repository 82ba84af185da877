// Shifts the ion traces (log2 quantity over runs) onto each other and takes their median in each
// run (after directLFQ, Ammar et al. 2023). The cost is proportional to the number of quantities,
// not to the number of pairs of runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "quant/group_matrix.h"

namespace overland::quant {

// Traces are aligned one by one, beginning with the trace with most runs. Each is shifted by the
// median of its differences to the mean of the traces aligned before. x: log2 profile by run, with
// mean 0 in each component. Returns the number of components.
[[nodiscard]] std::size_t fit_aligned_profile(const GroupMatrix& group, std::span<double> x,
                                              std::span<std::uint32_t> component);

}  // namespace overland::quant
