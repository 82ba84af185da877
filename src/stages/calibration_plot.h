// The picture of a run's calibration: points, fits and tolerances.
#pragma once

#include <string>

#include "stages/calibration_points.h"
#include "stages/run_models.h"

namespace overland {

[[nodiscard]] std::string calibration_svg(const std::string& run, const RunModels& models,
                                          const CalibrationPoints& points);

}  // namespace overland
