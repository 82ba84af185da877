// The peptides of the simulated world, from a synthetic proteome or from a library file, before
// their presence in the sample is drawn.
#pragma once

#include <map>
#include <vector>

#include "base/machine.h"
#include "simulate/world/cohort.h"
#include "simulate/world/world.h"

namespace overland::simulate {

// Spectra of a library file, by form and charge.
struct FileSpectra {
  struct Entry {
    int charge = 0;
    std::vector<TrueFragment> fragments;  // sum of the shares: 1
  };
  std::vector<std::vector<Entry>> forms;
  [[nodiscard]] const Entry* find(std::int32_t form, int charge) const;
};

struct Candidates {
  World world;  // species, conditions, proteins, sets and base forms; no precursors yet
  FileSpectra spectra;
};

[[nodiscard]] Result<Candidates> synthetic_candidates(const SimulationConfig& config,
                                                      const std::vector<Species>& species);
[[nodiscard]] Result<Candidates> file_candidates(const SimulationConfig& config,
                                                 const std::vector<Species>& species,
                                                 const Machine& machine);

// Numbers the distinct sets of proteins.
class ProteinSetCollector {
 public:
  explicit ProteinSetCollector(World& world) : world_(world) {}
  // Precondition: `proteins` ascend.
  [[nodiscard]] std::uint32_t set_of(std::vector<std::uint32_t> proteins);

 private:
  World& world_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> rows_;
};

void name_cohort(World& world, const SimulationConfig& config, const std::vector<Species>& species);

// Draws species, abundance and condition ratios of one protein, for both kinds of world.
[[nodiscard]] Protein make_protein(const SimulationConfig& config,
                                   const std::vector<Species>& species, std::uint32_t index);

}  // namespace overland::simulate
