// Plot of a run's calibration: points, fitted curves and tolerances.
#pragma once

#include <string>

#include "search/run_models.h"
#include "tune/calibration_points.h"

namespace overland::results {

[[nodiscard]] std::string calibration_svg(const std::string& run, const search::RunModels& models,
                                          const tune::CalibrationPoints& points);

}  // namespace overland::results
