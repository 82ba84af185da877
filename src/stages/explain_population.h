// A peak group among the best groups of its run.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "library/library.h"
#include "stages/explain.h"
#include "stages/psm_table.h"
#include "stages/score.h"

namespace overland {

// The row of psms.arrow that the score is of: the scored one, else the one of most evidence.
[[nodiscard]] std::optional<std::size_t> best_row(const PsmColumns& psms, const RunScores& scores,
                                                  std::uint32_t precursor);

[[nodiscard]] std::vector<FeatureStanding> standings(const PsmColumns& psms,
                                                     const RunScores& scores,
                                                     const LibraryView& library, double q_limit,
                                                     std::size_t row);

}  // namespace overland
