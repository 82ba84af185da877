// Tune: from a run and a library to the run's models.
//
// A wide first pass finds sure precursors; models are fitted to them; a narrow pass with these
// models finds more; the models are fitted again. Each fit has a fallback
// (docs/guide/calibration.md).
#pragma once

#include "stages/calibration_points.h"
#include "stages/first_pass.h"
#include "stages/run_models.h"

namespace overland {

struct TunedRun {
  RunModels models;
  CalibrationPoints points;  // what they were fitted to
};

[[nodiscard]] Result<TunedRun> tune(const RunContext& context, const TuneParameters& config);

}  // namespace overland
