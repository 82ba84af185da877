// The modified forms of a peptide: fixed modifications everywhere, variable ones in every
// combination up to a number; and their copies in each channel of a labelled experiment.
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
  int max_variable = 1;        // variable modifications of a form, at most
  std::size_t max_forms = 64;  // per peptide; those with the fewest modifications come first
  std::vector<LabelChannel> channels;
};

// A peptide as the rules see it; whether it stands at an end of (one of) its proteins.
struct FormSource {
  std::string_view residues;
  bool is_protein_n = false, is_protein_c = false;
};

using Modifications = std::vector<Modification>;  // ascending by site

struct PeptideForms {
  std::vector<Modifications> forms;  // the first has the fixed modifications only
  bool is_capped = false;            // max_forms cut the list
};

// A site holds one modification: a variable one takes the place of a fixed one, and of two that
// would fit, each makes a form. By number of variable modifications, then by site.
[[nodiscard]] PeptideForms modified_forms(const FormSource& source, const FormRules& rules);

// The form in each channel. Isotope labels join what their site holds; chemical ones take free
// sites only. Channels that leave the peptide alike give one form; no channels give the form
// itself.
[[nodiscard]] std::vector<Modifications> labelled_forms(const FormSource& source,
                                                        const Modifications& form,
                                                        std::span<const LabelChannel> channels);

}  // namespace overland::library_build
