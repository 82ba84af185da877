#include <fmt/format.h>

#include <algorithm>

#include "simulate/world/candidates.h"
#include "simulate/world/proteome.h"

namespace overland::simulate {
namespace {

Modification carbamidomethyl(std::size_t site) {
  static const Modification known = parse_peptide("C(UniMod:4)")->modifications.at(0);
  Modification modification = known;
  modification.site = static_cast<std::int16_t>(site);
  return modification;
}

Peptide with_fixed_modifications(std::string residues) {
  Peptide peptide{std::move(residues), {}};
  for (std::size_t i = 0; i < peptide.residues.size(); ++i) {
    if (peptide.residues[i] == 'C') peptide.modifications.push_back(carbamidomethyl(i));
  }
  return peptide;
}

// Expected number of precursors in the library from a peptide and its oxidised sibling.
double expected_precursors(const Peptide& peptide, const SearchedLibrarySettings& settings) {
  double count = 0;
  for (auto z = settings.min_charge; z <= settings.max_charge; ++z) {
    const double mz = precursor_mz(peptide, static_cast<int>(z)).value;
    count += mz >= settings.low_mz && mz < settings.high_mz ? 1 : 0;
  }
  const bool has_sibling = peptide.residues.find('M') != std::string::npos;
  return count * (1 - settings.unlisted_share) *
         (1 + settings.isoleucine_share + (has_sibling ? settings.oxidised_share : 0.0));
}

}  // namespace

Result<Candidates> synthetic_candidates(const SimulationConfig& config,
                                        const std::vector<Species>& species) {
  const auto seed = static_cast<std::uint64_t>(config.seed);
  Candidates result;
  World& world = result.world;
  name_cohort(world, config, species);
  const SearchedLibrarySettings& rules = config.library;
  const DigestRules digestion{static_cast<int>(rules.missed_cleavages),
                              static_cast<int>(rules.min_length),
                              static_cast<int>(rules.max_length)};
  std::map<std::string, std::vector<std::uint32_t>> found;  // sequence -> proteins
  double precursors = 0;
  std::vector<std::string> peptides;
  const auto wanted = static_cast<double>(rules.precursor_limit);
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(config.proteome.proteins); ++i) {
    if (wanted > 0 && precursors >= wanted) break;
    world.proteins.push_back(make_protein(config, species, i));
    peptides.clear();
    digest(protein_sequence(seed, i, config.proteome), digestion, peptides);
    for (const std::string& peptide : peptides) {
      std::vector<std::uint32_t>& proteins = found[peptide];
      if (proteins.empty()) {
        precursors += expected_precursors(with_fixed_modifications(peptide), rules);
      }
      if (proteins.empty() || proteins.back() != i) proteins.push_back(i);
    }
  }
  ProteinSetCollector sets(world);
  for (auto& [residues, proteins] : found) {
    Form form;
    form.peptide = with_fixed_modifications(residues);
    form.family = static_cast<std::uint32_t>(world.forms.size());
    form.protein_set = sets.set_of(std::move(proteins));
    Rng rng = stream(seed, Stream::peptide, form.family, 1);
    form.irt = static_cast<float>(hydrophobicity(form.peptide) + 1.5 * rng.normal());
    world.forms.push_back(std::move(form));
  }
  return result;
}

}  // namespace overland::simulate
