#include "simulate/world/candidates.h"

#include <fmt/format.h>

#include "simulate/world/random_streams.h"

namespace overland::simulate {
namespace {

constexpr double kQuantile99Width = 5.1517;  // width of the central 99 % of a normal, in SD

void name_set(ProteinSet& set, const std::vector<Protein>& proteins) {
  for (const std::uint32_t protein : set.proteins) {
    if (!set.accessions.empty()) set.accessions += ';';
    if (!set.genes.empty()) set.genes += ';';
    set.accessions += proteins[protein].accession;
    set.genes += proteins[protein].gene;
  }
}

}  // namespace

std::uint32_t ProteinSetCollector::set_of(std::vector<std::uint32_t> proteins) {
  const auto [place, is_new] =
      rows_.try_emplace(proteins, static_cast<std::uint32_t>(world_.protein_sets.size()));
  if (is_new) {
    ProteinSet set{std::move(proteins), {}, {}};
    name_set(set, world_.proteins);
    world_.protein_sets.push_back(std::move(set));
  }
  return place->second;
}

void name_cohort(World& world, const SimulationConfig& config,
                 const std::vector<Species>& species) {
  world.conditions = split_list(config.cohort.conditions, ',');
  for (const Species& one : species) world.species.push_back(one.name);
}

const FileSpectra::Entry* FileSpectra::find(std::int32_t form, int charge) const {
  if (form < 0) return nullptr;
  for (const Entry& entry : forms[static_cast<std::size_t>(form)]) {
    if (entry.charge == charge) return &entry;
  }
  return nullptr;
}

Protein make_protein(const SimulationConfig& config, const std::vector<Species>& species,
                     std::uint32_t index) {
  Rng rng = stream(static_cast<std::uint64_t>(config.seed), Stream::protein_abundance, index);
  Protein protein;
  double x = rng.uniform();
  while (protein.species + 1 < species.size() && x >= species[protein.species].share) {
    x -= species[protein.species++].share;
  }
  const Species& own = species[protein.species];
  protein.accession = fmt::format("{}{:05}", own.name, index + 1);
  protein.gene = fmt::format("g{}", index + 1);
  protein.is_absent = rng.uniform() < config.absence.protein_share;
  protein.ln_abundance =
      config.abundance.protein_orders / kQuantile99Width * 2.302585092994046 * rng.normal();
  protein.condition_ratio = own.condition_ratio;
  if (rng.uniform() < config.cohort.changed_protein_share) {
    for (std::size_t c = 1; c < protein.condition_ratio.size(); ++c) {
      protein.condition_ratio[c] *=
          pinned::exp(0.6931471805599453 * config.cohort.changed_log2_sigma * rng.normal());
    }
  }
  return protein;
}

}  // namespace overland::simulate
