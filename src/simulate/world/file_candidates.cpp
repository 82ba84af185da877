#include <algorithm>
#include <map>

#include "base/files/hash.h"
#include "exchange/libraries/import_library.h"
#include "simulate/world/candidates.h"
#include "simulate/world/random_streams.h"

namespace overland::simulate {
namespace {

// One form (modified sequence) of the library file; its precursors may be in any order in the file.
struct FileForm {
  Peptide peptide;
  std::string accessions, genes;
  float irt = 0;
  std::vector<FileSpectra::Entry> spectra;
};

std::vector<TrueFragment> normalised(
    const std::vector<library::LibraryPrecursor::Fragment>& fragments) {
  std::vector<TrueFragment> result;
  double total = 0;
  for (const auto& fragment : fragments) total += static_cast<double>(fragment.intensity);
  for (const auto& fragment : fragments) {
    result.push_back(
        {fragment.ion, static_cast<float>(static_cast<double>(fragment.intensity) / total)});
  }
  return result;
}

std::map<std::string, FileForm> forms_of_file(std::vector<library::LibraryPrecursor>& precursors) {
  std::map<std::string, FileForm> forms;
  for (library::LibraryPrecursor& precursor : precursors) {
    if (precursor.is_decoy || precursor.fragments.empty()) continue;
    FileForm& form = forms[to_unimod_notation(precursor.peptide)];
    if (form.spectra.empty()) {
      form.peptide = std::move(precursor.peptide);
      form.accessions = std::move(precursor.protein_ids);
      form.genes = std::move(precursor.genes);
      form.irt = precursor.irt;
    }
    form.spectra.push_back({precursor.charge, normalised(precursor.fragments)});
  }
  return forms;
}

std::string family_key(std::string residues) {
  std::ranges::replace(residues, 'I', 'L');
  return residues;
}

// Share of the families to keep; families are kept or left out as a whole.
double kept_share(const SimulationConfig& config, const std::vector<FileForm*>& forms) {
  std::size_t precursors = 0;
  for (const FileForm* form : forms) precursors += form->spectra.size();
  if (config.library.precursor_limit == 0 || precursors == 0) return 1;
  return static_cast<double>(config.library.precursor_limit) / static_cast<double>(precursors) /
         (1 - std::min(config.library.unlisted_share, 0.99));
}

}  // namespace

Result<Candidates> file_candidates(const SimulationConfig& config,
                                   const std::vector<Species>& species, const Machine& machine) {
  Result<exchange::ImportedLibrary> imported =
      exchange::import_library(config.proteome.library_file, {.machine = machine});
  if (!imported) return std::unexpected(imported.error());
  Candidates result;
  World& world = result.world;
  name_cohort(world, config, species);
  std::map<std::string, FileForm> forms = forms_of_file(imported->precursors);
  std::map<std::string, std::uint32_t> protein_rows, families;
  ProteinSetCollector sets(world);
  // Forms with fewest modifications first: the first form of a family is its base form.
  std::vector<FileForm*> order;
  for (auto& [name, form] : forms) order.push_back(&form);
  std::ranges::stable_sort(order, {},
                           [](const FileForm* form) { return form->peptide.modifications.size(); });
  const double keep = kept_share(config, order);
  for (FileForm* file_form : order) {
    const std::string key = family_key(file_form->peptide.residues);
    const auto seed = static_cast<std::uint64_t>(config.seed);
    if (stream(seed, Stream::peptide, hash_seed(key), 2).uniform() >= keep) continue;
    std::vector<std::uint32_t> proteins;
    for (const std::string& accession : split_list(file_form->accessions, ';')) {
      const auto row = static_cast<std::uint32_t>(world.proteins.size());
      const auto [place, is_new] = protein_rows.try_emplace(accession, row);
      if (is_new) {
        Protein protein = make_protein(config, species, row);
        protein.accession = accession;
        protein.gene = file_form->genes;
        world.proteins.push_back(std::move(protein));
      }
      proteins.push_back(place->second);
    }
    std::ranges::sort(proteins);
    Form form;
    const auto next = static_cast<std::uint32_t>(world.forms.size());
    const auto [family, is_new] = families.try_emplace(key, next);
    form.family = family->second;
    form.kind = is_new ? FormKind::base : FormKind::modified;
    form.peptide = std::move(file_form->peptide);
    form.protein_set = sets.set_of(std::move(proteins));
    form.irt = file_form->irt;
    form.file_form = static_cast<std::int32_t>(result.spectra.forms.size());
    result.spectra.forms.push_back(std::move(file_form->spectra));
    world.forms.push_back(std::move(form));
  }
  return result;
}

}  // namespace overland::simulate
