// Target-decoy error rates. All rules that can bias an error rate are in this file.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace overland::scoring {

// One competitor per row; higher scores are better. Rows with equal `pair` compete: only the best
// of a target and its k decoys is kept. A decoy wins ties, which is conservative.
struct Competition {
  std::vector<std::uint32_t> winners;  // rows, best score first; ties: decoy first, then row order
};
[[nodiscard]] Competition compete(std::span<const float> score, std::span<const std::uint32_t> pair,
                                  std::span<const std::uint8_t> is_decoy);

struct ErrorRates {
  std::vector<double> q_value;  // per row; 1 for losers
  std::vector<double> pep;      // per row; 1 for losers
};

// With k decoys per target, a winner of a pair whose target is absent is a target with probability
// 1 / (k + 1). D winning decoys therefore estimate D / k false targets; the +1 makes the estimate
// valid for few winners (He et al. 2015; Emery et al. 2020):
//   FDR(t) = (1 + D(t)) / (k T(t)),  q = running minimum from the worst score up.
// PEP = d / (1 - d) / k, at most 1, with d the share of decoys by isotonic regression over the
// winners.
[[nodiscard]] ErrorRates error_rates(std::span<const float> score,
                                     std::span<const std::uint32_t> pair,
                                     std::span<const std::uint8_t> is_decoy,
                                     double decoys_per_target);

// FDR(t) of error_rates, at most 1.
[[nodiscard]] double estimated_fdr(double targets, double decoys, double decoys_per_target);

// Ascend as the score falls; equal for 0 and -0.
[[nodiscard]] std::uint32_t falling_bits(float score);

// The q-values of error_rates, without the PEPs.
[[nodiscard]] std::vector<double> q_values(std::span<const float> score,
                                           std::span<const std::uint32_t> pair,
                                           std::span<const std::uint8_t> is_decoy,
                                           double decoys_per_target);

}  // namespace overland::scoring
