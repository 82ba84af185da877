// Scored rows that are accepted.
#pragma once

#include <vector>

#include "identify/score.h"
#include "library/library.h"
#include "params/search_config.h"

namespace overland::identify {

// Whether a row belongs to the report: targets (and on request decoys and entrapments) up to the
// filter's q-value, and transfers.
[[nodiscard]] bool is_reported(const ScoredRow& row, const library::LibraryView& library,
                               const params::ReportFilter& filter);
[[nodiscard]] std::vector<ScoredRow> accepted_rows(const RunScores& scores,
                                                   const library::LibraryView& library,
                                                   const params::ReportFilter& filter);

// Numbers of winners of one run with a run-specific q-value up to `q_value`; decoys of entrapments
// are counted as decoys. `matched`: targets transferred from other runs.
struct AcceptedCounts {
  std::size_t targets = 0, entrapments = 0, decoys = 0, matched = 0;
};
[[nodiscard]] AcceptedCounts count_accepted(const RunScores& scores,
                                            const library::LibraryView& library, double q_value);

}  // namespace overland::identify
