// The modified forms of a peptide: fixed modifications at all their sites, variable ones in all
// combinations up to a maximum number; and each form in every channel of a labelled experiment.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "chemistry/peptide.h"
#include "library_build/modification_rules.h"

namespace overland::library_build {

struct FormRules {
  std::vector<ModificationRule> fixed, variable;
  int max_variable = 1;        // most variable modifications of a form
  std::size_t max_forms = 64;  // per peptide; forms with fewest modifications first
  std::vector<LabelChannel> channels;
};

// The properties of a peptide that the rules use; the flags tell whether it is at an end of any of
// its proteins.
struct FormSource {
  std::string_view residues;
  bool is_protein_n = false, is_protein_c = false;
};

using Modifications = std::vector<Modification>;  // ascending by site

struct PeptideForms {
  std::vector<Modifications> forms;  // the first has the fixed modifications only
  bool is_capped = false;            // the list was limited by max_forms
};

// A site has at most one modification: a variable modification replaces a fixed one, and two
// variable modifications of one site give separate forms. Ordered by the number of variable
// modifications, then by site.
[[nodiscard]] PeptideForms modified_forms(const FormSource& source, const FormRules& rules);

// The form in each channel. Isotope labels are added to the modification of their site; chemical
// labels take free sites only. Channels that give the same form are listed once; without channels
// the result is the form itself.
[[nodiscard]] std::vector<Modifications> labelled_forms(const FormSource& source,
                                                        const Modifications& form,
                                                        std::span<const LabelChannel> channels);

}  // namespace overland::library_build
