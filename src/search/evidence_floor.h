// Where a library holds far more candidates than a run can contain peptides, nearly all peak groups
// of the second pass are chance. The floor leaves out the least of them before anything is fitted.
#pragma once

#include "base/machine.h"
#include "params/search_config.h"
#include "search/run_models.h"
#include "search/run_view.h"

namespace overland::search {

// The least evidence (kernel/peak_groups.h) a peak group of this run must have. From a sample of
// the windows: the candidates that pass a q-value of 5 % by evidence alone are counted, and as many
// of the best are kept as `second_pass.kept_candidates` times that number, at least
// `second_pass.least_candidates` in the run. Candidates are ranked without regard to their labels,
// so targets and decoys lose alike. 0 where there are no more than that.
[[nodiscard]] float evidence_floor(const RunView& view, const RunModels& models,
                                   const params::SecondPassParameters& config,
                                   const Machine& machine);

}  // namespace overland::search
