// Second pass: all windows of a run, in parallel; rows merged over windows.
#pragma once

#include "base/machine.h"
#include "search/window_pass.h"

namespace overland::search {

// Rows by (precursor, window, rank): the same for any number of threads.
[[nodiscard]] PsmTable second_pass(const RunView& view, const RunModels& models,
                                   const params::SecondPassParameters& config,
                                   const Machine& machine);

// A precursor that several windows isolate (edges, staggered schemes) is evidence for itself: each
// row gets the scores of the best row of another window within `max_minutes`, or 0 when there is
// none. NaN where only one window isolates it.
void add_other_window_features(std::vector<PsmRow>& sorted_rows,
                               std::span<const run::IsolationWindow> windows, double max_minutes);

}  // namespace overland::search
