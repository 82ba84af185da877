// The second pass over a run: candidates with their features, and the cutoff that removes most
// random ones.
#pragma once

#include "base/machine.h"
#include "params/search_config.h"
#include "search/run_models.h"
#include "search/run_view.h"
#include "search/window_search.h"

namespace overland::search {

// The minimum match score (kernel/peak_groups.h) of a peak group of this run. If a library holds
// far more candidates than a run can contain peptides, nearly all peak groups are random matches,
// and the worst of them are dropped before deconvolution. A sample of the windows gives the number
// of candidates with a q-value of at most 5 % by match score alone; `second_pass.kept_candidates`
// times that number are kept, and at least `second_pass.least_candidates` in the run. Candidates
// are ranked without regard to their labels, so targets and decoys are dropped alike. 0 if there
// are no more candidates than that.
[[nodiscard]] float candidate_cutoff(const RunView& view, const RunModels& models,
                                     const params::SecondPassParameters& config,
                                     const Machine& machine);

// Searches all windows of a run, in parallel, and merges the rows over windows. Rows are ordered by
// (precursor, window, rank): the same for any number of threads.
[[nodiscard]] PsmTable second_pass(const RunView& view, const RunModels& models,
                                   const params::SecondPassParameters& config,
                                   const Machine& machine);

// A precursor that several windows isolate (edges, staggered schemes) is evidence for itself: each
// row gets the scores of the best row of another window within `max_minutes`, or 0 when there is
// none. NaN where only one window isolates it.
void add_other_window_features(std::vector<PsmRow>& sorted_rows,
                               std::span<const run::IsolationWindow> windows, double max_minutes);

}  // namespace overland::search
