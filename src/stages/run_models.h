// What calibration learned about one run; written as models.json by the tune stage.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "calibrate/mass_error.h"
#include "calibrate/quadrupole.h"
#include "calibrate/rt_alignment.h"

namespace overland {

struct RunModels {
  MassErrorModel mass;
  RtModel rt;
  QuadrupoleModel quad;
  double nce = 0;                    // collision energy at which spline libraries are evaluated
  double median_peak_intensity = 0;  // counts; the unit of the solver's delta
  double cycle_minutes = 0;          // median time between two scans of one window
  std::size_t confident = 0;         // identifications the models are made from
};

[[nodiscard]] std::string to_json(const RunModels& models);
// Errors OVL-IO-001, OVL-IO-003.
[[nodiscard]] Result<RunModels> read_run_models(const std::filesystem::path& file);

}  // namespace overland
