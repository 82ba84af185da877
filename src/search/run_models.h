// What calibration learned about one run; written as models.json by the tune stage.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/error.h"
#include "calibrate/collision_energy.h"
#include "calibrate/mass_error.h"
#include "calibrate/quadrupole.h"
#include "calibrate/rt_alignment.h"

namespace overland::search {

struct RunModels {
  calibrate::MassErrorModel mass;      // of fragments
  calibrate::MassErrorModel ms1_mass;  // of precursors in MS1 scans
  calibrate::RtModel rt;
  calibrate::QuadrupoleModel quad;
  double nce = 0;                    // where `energy` has no method
  calibrate::EnergyModel energy;     // for libraries of splines
  double median_peak_intensity = 0;  // counts; the unit of the solver's delta
  double cycle_minutes = 0;          // median time between two scans of one window
  std::size_t confident = 0;         // identifications the models are made from
  std::size_t confident_wide = 0;    // of them known before anything was calibrated
  // What runs must have alike to lend each other models.
  std::string scheme;  // hash of the isolation windows
  double first_minute = 0, last_minute = 0;

  // Collision energy at which to evaluate a library of splines.
  [[nodiscard]] double nce_of(double mz, int charge) const {
    return energy.method == calibrate::EnergyMethod::none ? nce : energy.at(mz, charge);
  }
};

[[nodiscard]] std::string to_json(const RunModels& models);
// Errors OVL-IO-001, OVL-IO-003.
[[nodiscard]] Result<RunModels> read_run_models(const std::filesystem::path& file);

}  // namespace overland::search
