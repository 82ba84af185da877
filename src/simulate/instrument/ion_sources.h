// All sources of ions in one run: the sample's precursors, and a chemical background of many weak
// peptide-like precursors with broad elution that are not in the library.
#pragma once

#include <cstdint>
#include <vector>

#include "simulate/instrument/acquisition.h"
#include "simulate/world/run_model.h"
#include "simulate/world/world.h"

namespace overland::simulate {

struct IonSource {
  double mz = 0;    // monoisotopic
  double area = 0;  // ion current before the quadrupole, intensity x minutes
  Elution elution;
  std::uint32_t row = 0;  // row of World::precursors, or number in the background
  std::uint8_t charge = 0;
  bool is_background = false;
};

// The ion sources in ascending order of m/z.
[[nodiscard]] std::vector<IonSource> make_ion_sources(const SimulationConfig& config,
                                                      const World& world, const RunModel& run,
                                                      MzRange range);

// The sequence of a background precursor, which is drawn again when needed and never stored.
[[nodiscard]] Peptide background_peptide(const SimulationConfig& config, std::uint32_t number,
                                         MzRange range);

}  // namespace overland::simulate
