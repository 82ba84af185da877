// A first number for each run, in log2, that makes runs comparable: from pairwise log ratios.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace overland::quant {

struct RunQuantities {
  std::vector<std::uint32_t> precursor;
  std::vector<double> rt, log2;
};

inline constexpr std::size_t kLeastShared = 10;  // precursors, to compare two runs at all
inline constexpr double kModeWidth = 0.2;        // log2; about the noise between two runs

// The lower of the two middle values where their number is even: a level that some run has.
// Precondition: not empty; the order changes.
[[nodiscard]] double lower_median(std::vector<double>& values);

// Runs are joined to islands, within which the ratios of two runs have one cluster. Between islands
// there are several (say, half of the proteome changed): the cluster is taken that makes the mean
// correction of the two islands most alike.
[[nodiscard]] std::vector<double> place_runs(const std::vector<RunQuantities>& runs,
                                             std::size_t precursor_count);

}  // namespace overland::quant
