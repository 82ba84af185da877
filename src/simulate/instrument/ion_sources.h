// All that gives ions in one run: precursors of the sample, and the chemical background of many
// unlisted weak peptide-like precursors that elute broadly.
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
  std::uint32_t row = 0;  // of World::precursors, or number in the background
  std::uint8_t charge = 0;
  bool is_background = false;
};

// Ascending by m/z.
[[nodiscard]] std::vector<IonSource> make_ion_sources(const SimulationConfig& config,
                                                      const World& world, const RunModel& run,
                                                      MzRange range);

// The sequence of a background precursor: made anew when needed, never stored.
[[nodiscard]] Peptide background_peptide(const SimulationConfig& config, std::uint32_t number,
                                         MzRange range);

}  // namespace overland::simulate
