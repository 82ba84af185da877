// Compares a peak group with the best peak groups of its run.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "explain/explain.h"
#include "identify/score.h"
#include "library/library.h"
#include "search/psm_table.h"

namespace overland::explain {

// Row of psms.arrow for the precursor: the scored peak group, otherwise the one with the highest
// match score.
[[nodiscard]] std::optional<std::size_t> best_row(const search::PsmColumns& psms,
                                                  const identify::RunScores& scores,
                                                  std::uint32_t precursor);

[[nodiscard]] std::vector<FeatureComparison> compare_features(const search::PsmColumns& psms,
                                                              const identify::RunScores& scores,
                                                              const library::LibraryView& library,
                                                              double q_limit, std::size_t row);

}  // namespace overland::explain
