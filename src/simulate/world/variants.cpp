#include "simulate/world/variants.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace overland::simulate {
namespace {

constexpr int kShortest = 6;  // minimum length of a truncated form

bool is_modified(const Peptide& peptide, std::size_t site) {
  return std::ranges::any_of(peptide.modifications, [&](const Modification& modification) {
    return modification.site == static_cast<std::int16_t>(site);
  });
}

std::optional<std::size_t> random_site(const Peptide& peptide, std::string_view residues,
                                       Rng& rng) {
  std::vector<std::size_t> sites;
  for (std::size_t i = 0; i < peptide.residues.size(); ++i) {
    if (residues.contains(peptide.residues[i]) && !is_modified(peptide, i)) sites.push_back(i);
  }
  if (sites.empty()) return {};
  return sites[static_cast<std::size_t>(rng.below(sites.size()))];
}

void add_modification(Peptide& peptide, std::size_t site, Modification modification) {
  modification.site = static_cast<std::int16_t>(site);
  const auto place =
      std::ranges::upper_bound(peptide.modifications, modification.site, {}, &Modification::site);
  peptide.modifications.insert(place, modification);
}

Form child_of(const Form& base, FormKind kind) {
  Form form = base;
  form.kind = kind;
  form.is_in_sample = form.is_listed = false;
  form.absence = Absence::none;
  return form;
}

Modification known(std::string_view notation) {
  return parse_peptide(notation)->modifications.at(0);
}

}  // namespace

std::optional<Form> oxidised(const Form& base, Rng& rng) {
  static const Modification oxidation = known("M(UniMod:35)");
  const std::optional<std::size_t> site = random_site(base.peptide, "M", rng);
  if (!site) return {};
  Form form = child_of(base, FormKind::oxidised);
  add_modification(form.peptide, *site, oxidation);
  return form;
}

std::optional<Form> deamidated(const Form& base, Rng& rng) {
  static const Modification deamidation = known("N(UniMod:7)");
  const std::optional<std::size_t> site = random_site(base.peptide, "NQ", rng);
  if (!site) return {};
  Form form = child_of(base, FormKind::deamidated);
  add_modification(form.peptide, *site, deamidation);
  return form;
}

std::optional<Form> truncated(const Form& base, Rng& rng) {
  const auto length = static_cast<int>(base.peptide.residues.size());
  const int removed = 1 + static_cast<int>(rng.below(3));
  const bool is_front = rng.uniform() < 0.6;
  if (length - removed < kShortest) return {};
  Form form = child_of(base, FormKind::truncated);
  const int first = is_front ? removed : 0;
  form.peptide.residues = base.peptide.residues.substr(static_cast<std::size_t>(first),
                                                       static_cast<std::size_t>(length - removed));
  form.peptide.modifications.clear();
  for (Modification modification : base.peptide.modifications) {
    modification.site = static_cast<std::int16_t>(modification.site - first);
    if (modification.site < 0 || modification.site >= length - removed) continue;
    form.peptide.modifications.push_back(modification);
  }
  form.removed_front = static_cast<std::uint8_t>(first);
  form.removed_back = static_cast<std::uint8_t>(is_front ? 0 : removed);
  return form;
}

std::optional<Form> isoleucine_exchanged(const Form& base, Rng& rng) {
  const std::optional<std::size_t> site = random_site(base.peptide, "IL", rng);
  if (!site) return {};
  Form form = child_of(base, FormKind::isoleucine);
  char& residue = form.peptide.residues[*site];
  residue = residue == 'I' ? 'L' : 'I';
  return form;
}

}  // namespace overland::simulate
