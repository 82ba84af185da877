// Tune: from a run and a library to the run's models.
//
// A wide first pass finds confident precursors; models are fitted to them; a narrow pass with these
// models finds more; the models are fitted again. Each fit has a fallback
// (docs/guide/calibration.md).
#pragma once

#include "search/first_pass.h"
#include "search/run_models.h"
#include "tune/calibration_points.h"

namespace overland::tune {

struct TunedRun {
  search::RunModels models;
  CalibrationPoints points;  // what they were fitted to
};

[[nodiscard]] Result<TunedRun> tune(const search::FirstPassJob& job,
                                    const params::TuneParameters& config);

}  // namespace overland::tune
