#include "simulate/world/presence.h"

#include <algorithm>
#include <optional>

#include "simulate/world/candidates.h"
#include "simulate/world/proteome.h"
#include "simulate/world/random_streams.h"
#include "simulate/world/variants.h"

namespace overland::simulate {
namespace {

class PresenceDraw {
 public:
  PresenceDraw(const SimulationConfig& config, World& world)
      : config_(config), world_(world), range_(world.irt_high - world.irt_low) {}

  void run() {
    const std::size_t base_count = world_.forms.size();
    has_listed_sibling_.assign(base_count, false);
    for (std::size_t i = 0; i < base_count; ++i) draw_base(i);
    for (std::size_t i = 0; i < base_count; ++i) draw_file_sibling(i);
    for (std::size_t i = 0; i < base_count; ++i) add_listed_siblings(i);
    for (std::size_t i = 0; i < base_count; ++i) add_variants(i);
    world_.forms.insert(world_.forms.end(), added_.begin(), added_.end());
  }

 private:
  Rng random(Stream kind, std::size_t row, std::uint64_t part) const {
    return stream(static_cast<std::uint64_t>(config_.seed), kind, row, part);
  }

  bool is_set_absent(std::uint32_t set) const {
    return std::ranges::all_of(world_.protein_sets[set].proteins, [&](std::uint32_t protein) {
      return world_.proteins[protein].is_absent;
    });
  }

  // Drawn per family, so that all forms of a peptide have the same listing and ionisation.
  void draw_base(std::size_t row) {
    Form& form = world_.forms[row];
    Rng family = random(Stream::presence, form.family, 0);
    form.is_listed = family.uniform() >= config_.library.unlisted_share;
    const bool is_peptide_absent = family.uniform() < config_.absence.peptide_share;
    form.ln_factor = static_cast<float>(config_.abundance.ionisation_sigma * family.normal());
    if (missed_cleavages(form.peptide.residues) > 0) {
      form.ln_factor +=
          static_cast<float>(pinned::log(std::max(config_.abundance.missed_cleavage_factor, 1e-9)));
    }
    if (is_set_absent(form.protein_set))
      form.absence = Absence::protein;
    else if (is_peptide_absent && form.is_listed)
      form.absence = Absence::peptide;
    form.is_in_sample = form.absence == Absence::none;
  }

  float variant_ratio(Rng& rng) const {
    return static_cast<float>(pinned::log(std::max(config_.variants.median_ratio, 1e-9)) +
                              config_.variants.ratio_sigma * rng.normal());
  }

  // Decides whether a base form, its modified sibling in the library, or both are in the sample.
  void settle_pair(Form& base, Form& sibling, Rng& rng) const {
    sibling.is_listed = base.is_listed;
    sibling.absence = base.absence;
    sibling.is_in_sample = false;
    if (!base.is_in_sample) return;
    if (rng.uniform() < config_.library.oxidised_only_share) {
      base.is_in_sample = false;
      base.absence = Absence::sibling;
      sibling.is_in_sample = true;
    } else if (rng.uniform() < config_.variants.oxidised_share) {
      sibling.is_in_sample = true;
      sibling.ln_factor += variant_ratio(rng);
    } else {
      sibling.absence = Absence::sibling;
    }
  }

  void draw_file_sibling(std::size_t row) {
    Form& form = world_.forms[row];
    if (form.kind != FormKind::modified) return;
    Form& base = world_.forms[form.family];
    has_listed_sibling_[form.family] = true;
    Rng rng = random(Stream::sibling, row, 0);
    settle_pair(base, form, rng);
  }

  void add_listed_siblings(std::size_t row) {
    Form& base = world_.forms[row];
    if (base.file_form >= 0 || !base.is_listed) return;
    Rng rng = random(Stream::sibling, row, 1);
    if (rng.uniform() < config_.library.oxidised_share) {
      if (std::optional<Form> form = oxidised(base, rng)) {
        shift(*form, config_.variants.oxidised_shift, rng);
        settle_pair(base, *form, rng);
        has_listed_sibling_[row] = true;
        added_.push_back(std::move(*form));
      }
    }
    if (rng.uniform() < config_.library.isoleucine_share) add_isoleucine_sibling(base, rng);
  }

  // The exchanged sequence belongs to a separate protein, which is absent from the sample.
  void add_isoleucine_sibling(const Form& base, Rng& rng) {
    std::optional<Form> form = isoleucine_exchanged(base, rng);
    if (!form) return;
    const std::uint32_t first = world_.protein_sets[base.protein_set].proteins.front();
    Protein protein = world_.proteins[first];
    protein.accession += "IL";
    protein.gene += "il";
    protein.is_absent = true;
    const auto row = static_cast<std::uint32_t>(world_.proteins.size());
    form->protein_set = static_cast<std::uint32_t>(world_.protein_sets.size());
    world_.protein_sets.push_back({{row}, protein.accession, protein.gene});
    world_.proteins.push_back(std::move(protein));
    shift(*form, 0, rng);
    form->is_listed = true;
    form->absence = base.is_in_sample ? Absence::sibling : Absence::protein;
    added_.push_back(std::move(*form));
  }

  void shift(Form& form, double mean, Rng& rng) const {
    form.irt += static_cast<float>(range_ * (mean + config_.variants.shift_sigma * rng.normal()));
  }

  void add_variant(std::optional<Form> form, double mean_shift, Rng& rng) {
    if (!form) return;
    if (form->kind == FormKind::truncated) {
      const Form& base = world_.forms[form->family];
      const double change = hydrophobicity(form->peptide) - hydrophobicity(base.peptide);
      mean_shift = change / 60;  // the range of hydrophobicity is about 60 units
    }
    shift(*form, mean_shift, rng);
    form->ln_factor += variant_ratio(rng);
    form->is_in_sample = true;
    added_.push_back(std::move(*form));
  }

  void add_variants(std::size_t row) {
    const Form base = world_.forms[row];
    if (!base.is_in_sample || base.kind != FormKind::base) return;
    const VariantSettings& s = config_.variants;
    Rng rng = random(Stream::variant, row, 0);
    if (rng.uniform() < s.oxidised_share && !has_listed_sibling_[row]) {
      add_variant(oxidised(base, rng), s.oxidised_shift, rng);
    }
    if (rng.uniform() < s.deamidated_share) {
      add_variant(deamidated(base, rng), s.deamidated_shift, rng);
    }
    if (rng.uniform() < s.truncated_share) add_variant(truncated(base, rng), 0, rng);
  }

  const SimulationConfig& config_;
  World& world_;
  double range_;
  std::vector<bool> has_listed_sibling_;
  std::vector<Form> added_;
};

}  // namespace

void draw_presence(const SimulationConfig& config, World& world) {
  PresenceDraw(config, world).run();
}

}  // namespace overland::simulate
