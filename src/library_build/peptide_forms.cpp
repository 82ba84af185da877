#include "library_build/peptide_forms.h"

#include <algorithm>

namespace overland::library_build {
namespace {

bool allows(const ModificationRule& rule, char residue) {
  return rule.residues.empty() || rule.residues.find(residue) != std::string::npos;
}

// Calls take(site) for each site of the peptide that matches the rule, ascending.
template <class Take>
void for_each_site(const FormSource& source, const ModificationRule& rule, Take take) {
  const auto length = static_cast<std::int16_t>(source.residues.size());
  switch (rule.place) {
    case ModificationPlace::residue:
      for (std::int16_t i = 0; i < length; ++i) {
        if (allows(rule, source.residues[static_cast<std::size_t>(i)])) take(i);
      }
      return;
    case ModificationPlace::protein_n:
      if (!source.is_protein_n) return;
      [[fallthrough]];
    case ModificationPlace::peptide_n:
      if (allows(rule, source.residues.front())) take(kNTerminus);
      return;
    case ModificationPlace::protein_c:
      if (!source.is_protein_c) return;
      [[fallthrough]];
    case ModificationPlace::peptide_c:
      if (allows(rule, source.residues.back())) take(length);
      return;
  }
}

Modification at(std::int16_t site, const ModificationRule& rule) {
  return {site, rule.unimod, rule.mass};
}

bool is_taken(const Modifications& form, std::int16_t site) {
  return std::ranges::find(form, site, &Modification::site) != form.end();
}

void insert(Modifications& form, const Modification& modification) {
  form.insert(std::ranges::upper_bound(form, modification.site, {}, &Modification::site),
              modification);
}

// If several fixed rules match a site, the first applies.
Modifications fixed_form(const FormSource& source, const FormRules& rules) {
  Modifications form;
  for (const ModificationRule& rule : rules.fixed) {
    for_each_site(source, rule, [&](std::int16_t site) {
      if (!is_taken(form, site)) insert(form, at(site, rule));
    });
  }
  return form;
}

// All distinct variable modifications that match, by site, then in the order of the rules.
Modifications variable_options(const FormSource& source, const FormRules& rules) {
  Modifications options;
  for (const ModificationRule& rule : rules.variable) {
    for_each_site(source, rule, [&](std::int16_t site) {
      const Modification option = at(site, rule);
      if (std::ranges::find(options, option) == options.end()) insert(options, option);
    });
  }
  return options;
}

class Enumeration {
 public:
  Enumeration(Modifications fixed, Modifications options, std::size_t max_forms)
      : fixed_(std::move(fixed)), options_(std::move(options)), max_forms_(max_forms) {}

  PeptideForms run(int max_variable) {
    for (int count = 0; count <= max_variable && !result_.is_capped; ++count) {
      const std::size_t before = result_.forms.size();
      choose(0, count);
      if (result_.forms.size() == before) break;  // there are no more free sites
    }
    return std::move(result_);
  }

 private:
  // Adds `count` more options, from `first` on, to the chosen ones.
  void choose(std::size_t first, int count) {
    if (result_.is_capped) return;
    if (count == 0) return emit();
    for (std::size_t i = first; i < options_.size(); ++i) {
      const bool is_site_used = !chosen_.empty() && chosen_.back().site == options_[i].site;
      if (is_site_used) continue;
      chosen_.push_back(options_[i]);
      choose(i + 1, count - 1);
      chosen_.pop_back();
    }
  }
  void emit() {
    if (result_.forms.size() == max_forms_) {
      result_.is_capped = true;
      return;
    }
    Modifications form = chosen_;
    for (const Modification& modification : fixed_) {
      if (!is_taken(form, modification.site)) insert(form, modification);
    }
    result_.forms.push_back(std::move(form));
  }

  Modifications fixed_, options_, chosen_;
  std::size_t max_forms_;
  PeptideForms result_;
};

}  // namespace

PeptideForms modified_forms(const FormSource& source, const FormRules& rules) {
  return Enumeration(fixed_form(source, rules), variable_options(source, rules), rules.max_forms)
      .run(rules.max_variable);
}

std::vector<Modifications> labelled_forms(const FormSource& source, const Modifications& form,
                                          std::span<const LabelChannel> channels) {
  if (channels.empty()) return {form};
  std::vector<Modifications> labelled;
  for (const LabelChannel& channel : channels) {
    Modifications copy = form;
    for (const ModificationRule& rule : channel.rules) {
      for_each_site(source, rule, [&](std::int16_t site) {
        if (rule.is_isotope || !is_taken(copy, site)) insert(copy, at(site, rule));
      });
    }
    if (std::ranges::find(labelled, copy) == labelled.end()) labelled.push_back(std::move(copy));
  }
  return labelled;
}

}  // namespace overland::library_build
