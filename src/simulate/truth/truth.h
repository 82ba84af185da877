// The true results of a search: one row per run and precursor of the searched library. The search
// never reads them.
#pragma once

#include <vector>

#include "base/machine.h"
#include "io/table/table.h"
#include "simulate/instrument/acquisition.h"
#include "simulate/truth/searched_library.h"
#include "simulate/world/run_model.h"

namespace overland::simulate {

struct TruthRow {
  float apex_minutes = 0, fwhm_minutes = 0;
  float precursor_area = 0;     // ion current before the quadrupole
  float fragment_area = 0;      // listed fragments, monoisotopic peaks
  float fragment_area_all = 0;  // listed fragments, all their isotopes
  float apex_limit = 0;         // detection limit at the apex, intensity
  std::uint16_t fragments_above = 0, scans_above = 0;
  bool is_present = false, is_detectable = false;
};

struct TruthInput {
  const SimulationConfig& config;
  const World& world;
  const Schedule& schedule;
  const RunModel& model;
  const std::vector<ListedPrecursor>& library;
  const std::vector<float>& fill;  // per scan
  const ResidueIsotopes& isotopes;
};

// One row per library entry, in the order of the library. Values are noise-free, as transmitted by
// the window that isolates the precursor most centrally.
[[nodiscard]] std::vector<TruthRow> truth_of_run(const TruthInput& input, const Machine& machine);

struct Siblings {
  bool is_present = false;            // a sibling with the same charge or in the same window
  bool is_indistinguishable = false;  // an I/L twin with the same charge
};
// For each library entry: which other forms of its family are in the sample.
[[nodiscard]] std::vector<Siblings> find_siblings(const World& world, const Schedule& schedule,
                                                  const std::vector<ListedPrecursor>& library);

struct RunTruth {
  RunModel model;  // its columns per form may be empty
  std::vector<TruthRow> rows;
};
// The table of docs/formats/truth.md.
[[nodiscard]] io::Table truth_table(const World& world, const std::vector<ListedPrecursor>& library,
                                    const std::vector<Siblings>& siblings,
                                    const std::vector<RunTruth>& runs);

}  // namespace overland::simulate
