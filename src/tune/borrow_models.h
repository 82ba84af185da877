// A run with too little data to fit a model takes the model from the other runs.
#pragma once

#include <span>

#include "search/run_models.h"

namespace overland::tune {

// Each model without a fit becomes the median of those runs that have one and share the isolation
// scheme (and, for retention time, the gradient), with a tolerance that covers how much these runs
// differ. The result does not depend on the order of the runs; what was borrowed is never lent.
void borrow_models(std::span<search::RunModels* const> runs);

}  // namespace overland::tune
