// A peak group among the best groups of its run.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "explain/explain.h"
#include "identify/score.h"
#include "library/library.h"
#include "search/psm_table.h"

namespace overland::explain {

// The row of psms.arrow that the score is of: the scored one, else the one of most evidence.
[[nodiscard]] std::optional<std::size_t> best_row(const search::PsmColumns& psms,
                                                  const identify::RunScores& scores,
                                                  std::uint32_t precursor);

[[nodiscard]] std::vector<FeatureStanding> standings(const search::PsmColumns& psms,
                                                     const identify::RunScores& scores,
                                                     const library::LibraryView& library,
                                                     double q_limit, std::size_t row);

}  // namespace overland::explain
