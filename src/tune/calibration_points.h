// What confident identifications say about a run: the points that its models are fitted to.
#pragma once

#include <filesystem>
#include <vector>

#include "calibrate/collision_energy.h"
#include "calibrate/mass_error.h"
#include "calibrate/rt_alignment.h"
#include "search/first_pass.h"

namespace overland::tune {

// Mean similarity of observed and predicted spectra by collision energy, of one charge.
struct EnergyProfile {
  int charge = 0;
  std::vector<double> energy, similarity;
};

struct CalibrationPoints {
  std::vector<calibrate::MassErrorPoint> mass, ms1_mass;
  PpmWindow window{-20, 20};  // of `mass`, ppm
  std::vector<calibrate::RtPoint> rt;
  std::vector<calibrate::EnergyPoint> energy;
  std::vector<EnergyProfile> energy_profiles;
};

// Errors are looked for around what `models` expects, `config.first_pass.tolerance_ppm` to either
// side, and told without any correction.
[[nodiscard]] CalibrationPoints gather_points(const search::RunView& view,
                                              const std::vector<search::FirstPassHit>& hits,
                                              const search::RunModels& models,
                                              const params::TuneParameters& config);

// For plots: at most `limit` of each kind, taken evenly. One Parquet table with the columns kind
// ("mass", "ms1_mass", "rt", "energy", "energy_profile"), x, y, z:
// (minutes, ppm, m/z), (minutes, iRT, 0), (m/z, NCE, charge), (NCE, similarity, charge).
[[nodiscard]] Result<void> write_points(const CalibrationPoints& points, std::size_t limit,
                                        const std::filesystem::path& file);
[[nodiscard]] Result<CalibrationPoints> read_points(const std::filesystem::path& file);

}  // namespace overland::tune
