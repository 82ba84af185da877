// Tune: from sure identifications to the run's mass-error and retention-time models.
#pragma once

#include "stages/first_pass.h"
#include "stages/run_models.h"

namespace overland {

[[nodiscard]] RunModels tune(const RunContext& context, const FirstPassResult& first,
                             const SearchConfig& config);

}  // namespace overland
