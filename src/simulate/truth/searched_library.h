// The library for a search of the simulated runs: the true values with errors like those of a
// predictor: in intensities and retention times, and by missing and extra fragments.
#pragma once

#include <filesystem>
#include <vector>

#include "base/machine.h"
#include "simulate/world/ladder.h"
#include "simulate/world/world.h"

namespace overland::simulate {

struct ListedFragment {
  FragmentIon ion;
  float mz = 0;
  float intensity = 0;   // relative to the most intense fragment
  float true_share = 0;  // share of the precursor's ions; 0 for an extra fragment
};

struct ListedPrecursor {
  std::uint32_t precursor = 0;  // row of World::precursors
  float irt = 0;
  std::vector<ListedFragment> fragments;  // descending by intensity
};

// In ascending order of (sequence, form, charge). Precursors with fewer than three fragments in the
// m/z range are left out.
[[nodiscard]] std::vector<ListedPrecursor> make_searched_library(const SimulationConfig& config,
                                                                 const World& world,
                                                                 const ResidueIsotopes& isotopes,
                                                                 const Machine& machine);

// Writes a gzip-compressed table with columns like DIA-NN's. Error OVL-IO-002.
[[nodiscard]] Result<void> write_searched_library(const World& world,
                                                  const std::vector<ListedPrecursor>& library,
                                                  const std::filesystem::path& file,
                                                  const Machine& machine);

}  // namespace overland::simulate
