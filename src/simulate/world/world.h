// The simulated world: proteins, peptide forms and precursors of the sample and of the searched
// library, independent of runs. It is immutable after construction and shared by threads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/machine.h"
#include "simulate/world/fragment_model.h"
#include "simulate/world/settings.h"

namespace overland::simulate {

enum class FormKind : std::uint8_t { base, modified, oxidised, deamidated, truncated, isoleucine };
enum class Absence : std::uint8_t { none, protein, peptide, sibling };
[[nodiscard]] std::string_view to_text(Absence absence);

struct Protein {
  std::string accession, gene;
  std::uint32_t species = 0;
  bool is_absent = false;
  double ln_abundance = 0;              // median 0
  std::vector<double> condition_ratio;  // relative to the protein's reference amount
};

struct ProteinSet {
  std::vector<std::uint32_t> proteins;  // ascending
  std::string accessions, genes;        // joined by ';'
};

// One modified (or shortened) sequence. Forms of a family share most of their fragments.
struct Form {
  Peptide peptide;
  std::uint32_t family = 0;
  std::uint32_t protein_set = 0;
  std::int32_t file_form = -1;  // world from a file: row in FileSpectra
  float irt = 0;                // true value on the library's scale
  float ln_factor = 0;          // ln of ionisation x cleavage x ratio of a variant
  float sigma = 0, tau = 0;     // minutes
  FormKind kind = FormKind::base;
  std::uint8_t removed_front = 0, removed_back = 0;  // residues removed in truncated forms
  bool is_in_sample = false, is_listed = false;
  Absence absence = Absence::none;
};

struct Precursor {
  std::uint32_t form = 0;
  std::uint8_t charge = 0;
  bool is_listed = false;
  float charge_share = 0;
  double mz = 0;  // monoisotopic
};

struct World {
  std::vector<std::string> species;
  std::vector<std::string> conditions;
  std::vector<Protein> proteins;
  std::vector<ProteinSet> protein_sets;
  std::vector<Form> forms;
  std::vector<Precursor> precursors;          // ascending by (m/z, form)
  std::vector<std::uint64_t> fragment_begin;  // precursors + 1
  std::vector<TrueFragment> fragments;        // descending share within a precursor
  double irt_low = 0, irt_high = 1;           // range of nearly all forms

  [[nodiscard]] std::span<const TrueFragment> fragments_of(std::size_t precursor) const {
    return {fragments.data() + fragment_begin[precursor],
            static_cast<std::size_t>(fragment_begin[precursor + 1] - fragment_begin[precursor])};
  }
};

// Errors: of reading the library file; OVL-CFG-103 (no peptide in the m/z range).
[[nodiscard]] Result<World> make_world(const SimulationConfig& config, const Machine& machine);

}  // namespace overland::simulate
