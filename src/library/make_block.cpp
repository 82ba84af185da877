#include "library/make_block.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "library/intensity_form.h"

namespace overland {
namespace {

using Fragment = LibraryPrecursor::Fragment;

// The two that every model knows.
bool is_common(const Modification& modification) {
  return modification.unimod == 4 || modification.unimod == 35;
}

// A target or an entrapment of a group, with its decoys.
struct Entity {
  Counterpart sequence;  // relative to the target
  std::vector<Counterpart> decoys;
};

// One form of one peptide in all its channels; and where its predictions are.
struct Form {
  std::vector<Modifications> labelled;
  std::uint32_t first_prediction;  // that of entity e: + e
};

// A target peptide and all that derives from it.
struct Group {
  std::size_t peptide;
  std::vector<Entity> entities;
  std::vector<Form> forms;
};

// Predictions of a list of peptides, each at several charges.
class Predictions {
 public:
  std::uint32_t add(Peptide peptide, std::span<const std::uint8_t> charges, float nce) {
    const auto index = static_cast<std::uint32_t>(peptides_.size());
    peptides_.push_back(std::move(peptide));
    first_request_.push_back(requests_.size());
    for (const std::uint8_t charge : charges) requests_.push_back({index, charge, nce});
    return index;
  }
  Result<void> run(const Predictor& predictor) {
    first_request_.push_back(requests_.size());
    irt_.resize(peptides_.size());
    if (auto done = predictor.predict_retention(peptides_, irt_); !done) return done;
    return predictor.predict_spectra(peptides_, requests_, spectra_);
  }
  // Asks again for peptides without any answer, as though they had common modifications only.
  Result<std::uint64_t> guess_unknown(const Predictor& predictor) {
    Predictions again;
    std::vector<std::uint32_t> unknown;
    for (std::uint32_t p = 0; p < peptides_.size(); ++p) {
      Peptide plain = peptides_[p];
      std::erase_if(plain.modifications, [](const Modification& m) { return !is_common(m); });
      if (plain == peptides_[p] || has_answer(p)) continue;
      unknown.push_back(p);
      std::vector<std::uint8_t> charges;
      for (std::size_t r = first_request_[p]; r < first_request_[p + 1]; ++r) {
        charges.push_back(requests_[r].charge);
      }
      again.add(std::move(plain), charges, requests_.front().nce);
    }
    if (unknown.empty()) return 0;
    if (auto done = again.run(predictor); !done) return std::unexpected(done.error());
    guess_of_.assign(peptides_.size(), kNone);
    for (std::uint32_t i = 0; i < unknown.size(); ++i) {
      guess_of_[unknown[i]] = i;
      irt_[unknown[i]] = again.irt_[i];
    }
    guesses_ = std::make_unique<Predictions>(std::move(again));
    return unknown.size();
  }
  [[nodiscard]] float irt(std::uint32_t peptide) const { return irt_[peptide]; }
  [[nodiscard]] PredictedSpectrum spectrum(std::uint32_t peptide, int charge) const {
    if (!guess_of_.empty() && guess_of_[peptide] != kNone) {
      return guesses_->spectrum(guess_of_[peptide], charge);
    }
    for (std::size_t r = first_request_[peptide]; r < first_request_[peptide + 1]; ++r) {
      if (requests_[r].charge == charge) return spectra_.spectrum(r);
    }
    return {};
  }
  // Those of the splines; empty where intensities are plain.
  [[nodiscard]] std::span<const float> knots() const {
    return spectra_.knots.empty() && guesses_ ? guesses_->knots() : std::span(spectra_.knots);
  }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  [[nodiscard]] bool has_answer(std::uint32_t peptide) const {
    for (std::size_t r = first_request_[peptide]; r < first_request_[peptide + 1]; ++r) {
      if (!spectra_.of(r).empty()) return true;
    }
    return false;
  }

  std::vector<Peptide> peptides_;
  std::vector<std::size_t> first_request_;
  std::vector<SpectrumRequest> requests_;
  std::vector<float> irt_;
  PredictedSpectra spectra_;
  std::vector<std::uint32_t> guess_of_;  // place among the guesses; empty: there are none
  std::unique_ptr<Predictions> guesses_;
};

bool is_in_range(const Peptide& peptide, int charge, const BlockRules& rules) {
  const double mz = precursor_mz(peptide, charge).value;
  return mz >= rules.min_mz && mz <= rules.max_mz;
}

// Forms and charges of a peptide whose m/z is in range.
std::uint64_t count_in_range(const FormSource& source, std::span<const Modifications> labelled,
                             const BlockRules& rules) {
  std::uint64_t count = 0;
  for (const Modifications& form : labelled) {
    const Peptide peptide{std::string(source.residues), form};
    for (int charge = rules.min_charge; charge <= rules.max_charge; ++charge) {
      count += is_in_range(peptide, charge, rules) ? 1U : 0U;
    }
  }
  return count;
}

std::uint64_t outside_range(const FormSource& source, std::span<const Modifications> labelled,
                            const BlockRules& rules) {
  const auto charges = static_cast<std::uint64_t>(rules.max_charge - rules.min_charge + 1);
  return labelled.size() * charges - count_in_range(source, labelled, rules);
}

// Charges at which at least one channel is in range.
std::vector<std::uint8_t> charges_in_range(const FormSource& source,
                                           std::span<const Modifications> labelled,
                                           const BlockRules& rules) {
  std::vector<std::uint8_t> charges;
  for (int charge = rules.min_charge; charge <= rules.max_charge; ++charge) {
    const bool fits = std::ranges::any_of(labelled, [&](const Modifications& form) {
      return is_in_range({std::string(source.residues), form}, charge, rules);
    });
    if (fits) charges.push_back(static_cast<std::uint8_t>(charge));
  }
  return charges;
}

FormSource form_source_of(const BlockSource& source, std::size_t peptide) {
  const TablePeptide& row = source.table.peptides()[peptide];
  return {source.proteome.residues().substr(row.begin, row.length), row.is_protein_n,
          row.is_protein_c};
}

class BlockMaker {
 public:
  explicit BlockMaker(const BlockSource& source)
      : source_(source), rules_(source.rules), meaning_(source.predictor.intensity_meaning()) {
    // Isotopes change neither spectra nor retention, and the channels of a chemical label are alike
    // but for isotopes: one prediction serves all.
    if (!rules_.forms.channels.empty()) predicted_channel_ = {rules_.forms.channels.front()};
    for (LabelChannel& channel : predicted_channel_) {
      std::erase_if(channel.rules, [](const ModificationRule& rule) { return rule.is_isotope; });
    }
  }

  Result<LibraryBlock> run(std::size_t first, std::size_t last) {
    for (std::size_t peptide = first; peptide < last; ++peptide) {
      if (source_.counterparts.is_kept(peptide)) add_group(peptide);
    }
    if (auto done = predictions_.run(source_.predictor); !done) {
      return std::unexpected(done.error());
    }
    if (rules_.ignores_unknown_modifications) {
      const auto guessed = predictions_.guess_unknown(source_.predictor);
      if (!guessed) return std::unexpected(guessed.error());
      block_.counts.guessed = *guessed;
    }
    if (auto done = take_form(); !done) return std::unexpected(done.error());
    for (const Group& group : groups_) {
      for (const Form& form : group.forms) store_form(group, form);
    }
    if (block_.precursors.empty()) block_.spline.reset();
    return std::move(block_);
  }

 private:
  Result<void> take_form();
  void add_group(std::size_t peptide);
  void add_form(Group& group, const FormSource& source, const Modifications& form);
  void store_form(const Group& group, const Form& form);
  void store(const Group& group, const Form& form, const Peptide& labelled, int charge);
  void append(const Peptide& peptide, ChosenFragments& chosen, BlockPrecursor row);

  BlockSource source_;
  const BlockRules& rules_;
  IntensityMeaning meaning_;
  std::vector<LabelChannel> predicted_channel_;  // none or one
  std::vector<Group> groups_;
  Predictions predictions_;
  LibraryBlock block_;
  std::vector<EncodedFragment> encoded_;
  std::vector<EncodedSpline> encoded_splines_;
};

// What the predictor's splines mean, if it gives some.
Result<void> BlockMaker::take_form() {
  if (predictions_.knots().empty()) return {};
  SplineForm form{
      .low_nce = meaning_.low_nce, .high_nce = meaning_.high_nce, .reference_nce = rules_.nce};
  const bool is_complete = predictions_.knots().size() == form.knots.size();
  if (is_complete) std::ranges::copy(predictions_.knots(), form.knots.begin());
  const std::string defect = is_complete ? defect_of(form) : "other than eight knots";
  if (!defect.empty()) {
    return fail("OVL-LIB-004", "the predictor's splines cannot be stored: " + defect,
                source_.predictor.identity(),
                "Choose an energy (prediction.nce) and a model that fit each other.");
  }
  block_.spline = form;
  return {};
}

void BlockMaker::add_group(std::size_t peptide) {
  const FormSource source = form_source_of(source_, peptide);
  Group group{peptide, {}, {}};
  const CounterpartRules& wanted = rules_.counterparts;
  for (int e = 0; e <= wanted.entrapments; ++e) {
    Entity entity{source_.counterparts.entity(peptide, source.residues, e), {}};
    for (int d = 0; d < wanted.decoys; ++d) {
      entity.decoys.push_back(source_.counterparts.decoy(peptide, entity.sequence, e, d));
    }
    group.entities.push_back(std::move(entity));
  }
  const PeptideForms forms = modified_forms(source, rules_.forms);
  block_.counts.capped += forms.is_capped ? 1 : 0;
  ++block_.counts.peptides;
  for (const Modifications& form : forms.forms) add_form(group, source, form);
  groups_.push_back(std::move(group));
}

void BlockMaker::add_form(Group& group, const FormSource& source, const Modifications& form) {
  const std::string residues(source.residues);
  Form added{labelled_forms(source, form, rules_.forms.channels), 0};
  block_.counts.forms += added.labelled.size();
  block_.counts.outside_mz += outside_range(source, added.labelled, rules_);
  const std::vector<std::uint8_t> charges = charges_in_range(source, added.labelled, rules_);
  if (charges.empty()) return;
  const Peptide predicted{residues, labelled_forms(source, form, predicted_channel_).front()};
  bool is_first = true;
  for (const Entity& entity : group.entities) {
    const std::uint32_t place = predictions_.add(form_of(entity.sequence, predicted), charges,
                                                 static_cast<float>(rules_.nce));
    if (std::exchange(is_first, false)) added.first_prediction = place;
  }
  group.forms.push_back(std::move(added));
}

void BlockMaker::store_form(const Group& group, const Form& form) {
  const std::string residues(form_source_of(source_, group.peptide).residues);
  for (const Modifications& modifications : form.labelled) {
    const Peptide labelled{residues, modifications};
    for (int charge = rules_.min_charge; charge <= rules_.max_charge; ++charge) {
      if (is_in_range(labelled, charge, rules_)) store(group, form, labelled, charge);
    }
  }
}

// The same ions at the decoy's m/z; nothing when too few of them moved.
std::optional<ChosenFragments> carried_over(const ChosenFragments& target, const Peptide& decoy) {
  ChosenFragments carried = target;
  std::size_t moved = 0;
  for (Fragment& fragment : carried.fragments) {
    const double mz = fragment_mz(decoy, fragment.ion).value;
    if (std::abs(mz - static_cast<double>(fragment.mz)) > kMovedTh) ++moved;
    fragment.mz = static_cast<float>(mz);
  }
  const auto needed = kMinMovedShare * static_cast<double>(carried.fragments.size());
  if (static_cast<double>(moved) < needed) return std::nullopt;
  return carried;
}

void BlockMaker::append(const Peptide& peptide, ChosenFragments& chosen, BlockPrecursor row) {
  const std::string sequence = to_unimod_notation(peptide);
  encode_fragments(peptide, chosen.fragments, encoded_);
  row.mz = static_cast<float>(precursor_mz(peptide, row.charge).value);
  row.first_fragment = static_cast<std::uint32_t>(block_.fragments.size());
  row.fragment_count = static_cast<std::uint16_t>(encoded_.size());
  row.text_begin = static_cast<std::uint32_t>(block_.text.size());
  row.text_length = static_cast<std::uint16_t>(sequence.size());
  block_.precursors.push_back(row);
  block_.fragments.insert(block_.fragments.end(), encoded_.begin(), encoded_.end());
  if (block_.spline) {
    encode_splines(chosen.fragments, chosen.splines, encoded_splines_);
    block_.splines.insert(block_.splines.end(), encoded_splines_.begin(), encoded_splines_.end());
  }
  block_.text += sequence;
}

// The target's precursor with those of its entrapments and decoys: all, or none.
void BlockMaker::store(const Group& group, const Form& form, const Peptide& labelled, int charge) {
  struct Ready {
    Peptide peptide;
    ChosenFragments chosen;
    BlockPrecursor row;
  };
  BlockCounts& counts = block_.counts;
  std::vector<Ready> ready;
  const auto first_pair = static_cast<std::uint32_t>(counts.pairs);
  const std::size_t entities = group.entities.size();
  const std::uint32_t proteins = source_.table.peptides()[group.peptide].proteins;
  for (std::uint32_t e = 0; e < entities; ++e) {
    const Entity& entity = group.entities[e];
    const std::uint32_t prediction = form.first_prediction + e;
    const bool has_retention = std::isfinite(predictions_.irt(prediction));
    const auto predicted =
        has_retention ? predictions_.spectrum(prediction, charge) : PredictedSpectrum{};
    Peptide peptide = form_of(entity.sequence, labelled);
    ChosenFragments chosen =
        choose_fragments(peptide, predicted, meaning_.is_total, rules_.fragments);
    if (chosen.fragments.size() < static_cast<std::size_t>(rules_.fragments.min_count)) {
      ++(predicted.fragments.empty() ? counts.unpredicted : counts.few_fragments);
      return;
    }
    BlockPrecursor row{};
    row.irt = predictions_.irt(prediction);
    row.pair = first_pair + e;
    row.partner = first_pair;
    row.protein_set = proteins * static_cast<std::uint32_t>(entities) + e;
    row.charge = static_cast<std::uint8_t>(charge);
    row.entrapment = static_cast<std::uint8_t>(e);
    ready.push_back({peptide, chosen, row});
    row.is_decoy = 1;
    for (const Counterpart& sequence : entity.decoys) {
      Peptide decoy = form_of(sequence, peptide);
      auto moved = carried_over(chosen, decoy);
      if (!moved) {
        ++counts.alike;
        return;
      }
      ready.push_back({std::move(decoy), std::move(*moved), row});
    }
  }
  for (Ready& precursor : ready) {
    append(precursor.peptide, precursor.chosen, precursor.row);
    if (precursor.row.is_decoy != 0) {
      ++counts.decoys;
    } else {
      ++(precursor.row.entrapment != 0 ? counts.entrapments : counts.targets);
    }
  }
  counts.pairs += entities;
}

}  // namespace

std::uint64_t count_target_precursors(const BlockSource& source, std::size_t first,
                                      std::size_t last) {
  std::uint64_t count = 0;
  for (std::size_t peptide = first; peptide < last; ++peptide) {
    if (!source.counterparts.is_kept(peptide)) continue;
    const FormSource form_source = form_source_of(source, peptide);
    for (const Modifications& form : modified_forms(form_source, source.rules.forms).forms) {
      const auto labelled = labelled_forms(form_source, form, source.rules.forms.channels);
      count += count_in_range(form_source, labelled, source.rules);
    }
  }
  return count;
}

Result<LibraryBlock> make_block(const BlockSource& source, std::size_t first, std::size_t last) {
  return BlockMaker(source).run(first, last);
}

}  // namespace overland
