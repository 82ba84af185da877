// The library that a search of the simulated runs is given: the truth, seen as a predictor would
// see it, with wrong intensities, missing and extra fragments, and wrong retention times.
#pragma once

#include <filesystem>
#include <vector>

#include "simulate/world/ladder.h"
#include "simulate/world/world.h"

namespace overland::simulate {

struct ListedFragment {
  FragmentIon ion;
  float mz = 0;
  float intensity = 0;   // relative to the largest
  float true_share = 0;  // of the precursor's ions; 0: an extra fragment that it does not make
};

struct ListedPrecursor {
  std::uint32_t precursor = 0;  // row of World::precursors
  float irt = 0;
  std::vector<ListedFragment> fragments;  // descending by intensity
};

// Ascending by (sequence, form, charge). Precursors with fewer than three fragments in range are
// left out.
[[nodiscard]] std::vector<ListedPrecursor> make_searched_library(const SimulationConfig& config,
                                                                 const World& world,
                                                                 const ResidueIsotopes& isotopes,
                                                                 int threads);

// DIA-NN-like columns, gzip. Errors OVL-IO-002.
[[nodiscard]] Result<void> write_searched_library(const World& world,
                                                  const std::vector<ListedPrecursor>& library,
                                                  const std::filesystem::path& file, int threads);

}  // namespace overland::simulate
