// Refine: the library of a first search predicted again by a predictor that was tuned on what that
// search identified.
#pragma once

#include <vector>

#include "train/tune_predictor.h"

namespace overland::stages {

// Of one precursor the best of its runs; by peptide then, so that the order of runs does not
// matter.
[[nodiscard]] std::vector<train::TuningExample> best_examples(
    std::vector<train::TuningExample> all);

}  // namespace overland::stages
