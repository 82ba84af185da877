// Initial normalisation: one log2 offset per run, from pairwise log ratios of runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "quant/run_quantities.h"

namespace overland::quant {

inline constexpr std::size_t kLeastShared = 10;  // common precursors needed to compare two runs
inline constexpr double kModeWidth = 0.2;        // log2; about the noise between two runs

// Lower median: the lower of the two middle values if their number is even, so that the result is
// one of the values. Precondition: not empty. Reorders `values`.
[[nodiscard]] double lower_median(std::vector<double>& values);

// Runs are merged into islands, within which the ratios of two runs form one cluster. Between
// islands the ratios form several clusters (for example, half of the proteome changed); the cluster
// that makes the mean corrections of the two islands most similar is used. Memory does
// not grow with the number of runs. Errors of `runs`.
[[nodiscard]] Result<std::vector<double>> place_runs(const CohortSource& runs,
                                                     std::size_t precursor_count);

}  // namespace overland::quant
