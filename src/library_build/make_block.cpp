#include "library_build/make_block.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "library/intensity_form.h"
#include "library_build/block_predictions.h"
#include "library_build/decoy_rule.h"
#include "library_build/precursor_range.h"

namespace overland::library_build {
namespace {

using Fragment = library::LibraryPrecursor::Fragment;

// A target or an entrapment, with its decoys.
struct Original {
  Counterpart sequence;  // relative to the target
  std::vector<Counterpart> decoys;
};

// One form of a peptide in all its channels. Its predictions follow each other from
// `first_prediction`: the first original, its decoys if they are predicted, the next original, ...
struct Form {
  std::vector<Modifications> labelled;
  std::uint32_t first_prediction;
};

// A target peptide with its entrapments and all decoys.
struct Group {
  std::size_t peptide;
  std::vector<Original> originals;
  std::vector<Form> forms;
};

FormSource form_source_of(const BlockSource& source, std::size_t peptide) {
  const TablePeptide& row = source.table.peptides()[peptide];
  return {source.proteome.residues().substr(row.begin, row.length), row.is_protein_n,
          row.is_protein_c};
}

// A precursor that is stored once all others of its group are ready.
struct Ready {
  Peptide peptide;
  ChosenFragments chosen;
  BlockPrecursor row;
};

class BlockMaker {
 public:
  explicit BlockMaker(const BlockSource& source)
      : source_(source), rules_(source.rules), meaning_(source.predictor.intensity_meaning()) {
    // Isotopes change neither spectra nor retention, and the channels of a chemical label differ in
    // isotopes only, so one prediction is used for all channels.
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
      if (auto done = predictions_.guess_unknown(source_.predictor); !done) {
        return std::unexpected(done.error());
      }
    }
    if (auto done = take_form(); !done) return std::unexpected(done.error());
    for (const Group& group : groups_) {
      for (const Form& form : group.forms) {
        count_guessed(group, form);
        store_form(group, form);
      }
    }
    if (block_.precursors.empty()) block_.spline.reset();
    return std::move(block_);
  }

 private:
  Result<void> take_form();
  void add_group(std::size_t peptide);
  void add_form(Group& group, const FormSource& source, const Modifications& form);
  void count_guessed(const Group& group, const Form& form);
  void store_form(const Group& group, const Form& form);
  void store(const Group& group, const Form& form, const Peptide& labelled, int charge);
  bool add_predicted(Peptide peptide, std::uint32_t prediction, BlockPrecursor row,
                     std::vector<Ready>& ready);
  bool add_decoys(const Original& original, std::uint32_t& prediction, std::vector<Ready>& ready);
  void count(const BlockPrecursor& row);
  void append(const Peptide& peptide, ChosenFragments& chosen, BlockPrecursor row);

  BlockSource source_;
  const BlockRules& rules_;
  predict::IntensityMeaning meaning_;
  std::vector<LabelChannel> predicted_channel_;  // none or one
  std::vector<Group> groups_;
  BlockPredictions predictions_;
  LibraryBlock block_;
  std::vector<library::EncodedFragment> encoded_;
  std::vector<library::EncodedSpline> encoded_splines_;
};

// Reads the form of the predictor's splines, if it predicts splines.
Result<void> BlockMaker::take_form() {
  if (predictions_.knots().empty()) return {};
  library::SplineForm form{
      .low_nce = meaning_.low_nce, .high_nce = meaning_.high_nce, .reference_nce = rules_.nce};
  const bool is_complete = predictions_.knots().size() == form.knots.size();
  if (is_complete) std::ranges::copy(predictions_.knots(), form.knots.begin());
  const std::string defect =
      is_complete ? library::defect_of(form) : "the number of knots is not eight";
  if (!defect.empty()) {
    return fail("OVL-LIB-004", "the predictor's splines cannot be stored: " + defect,
                source_.predictor.identity(),
                "Choose an energy (prediction.nce) and a model that match.");
  }
  block_.spline = form;
  return {};
}

void BlockMaker::add_group(std::size_t peptide) {
  const FormSource source = form_source_of(source_, peptide);
  Group group{peptide, {}, {}};
  const CounterpartRules& wanted = rules_.counterparts;
  for (int e = 0; e <= wanted.entrapments; ++e) {
    Original original{source_.counterparts.original(peptide, source.residues, e), {}};
    for (int d = 0; d < wanted.decoys; ++d) {
      original.decoys.push_back(source_.counterparts.decoy(peptide, original.sequence, e, d));
    }
    group.originals.push_back(std::move(original));
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
  added.first_prediction = predictions_.size();
  const auto nce = static_cast<float>(rules_.nce);
  for (const Original& original : group.originals) {
    const Peptide peptide = form_of(original.sequence, predicted);
    predictions_.add(peptide, charges, nce);
    if (rules_.decoy_spectra == DecoySpectra::target) continue;
    for (const Counterpart& decoy : original.decoys) {
      predictions_.add(form_of(decoy, peptide), charges, nce);
    }
  }
  group.forms.push_back(std::move(added));
}

// Counts targets and entrapments only, since decoys are not part of the requested peptides.
void BlockMaker::count_guessed(const Group& group, const Form& form) {
  std::uint32_t prediction = form.first_prediction;
  for (const Original& original : group.originals) {
    block_.counts.guessed += predictions_.is_guessed(prediction) ? 1U : 0U;
    const bool has_own = rules_.decoy_spectra == DecoySpectra::own;
    prediction += 1 + (has_own ? static_cast<std::uint32_t>(original.decoys.size()) : 0U);
  }
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

// The same ions at the m/z of a decoy.
ChosenFragments carried_over(ChosenFragments chosen, const Peptide& decoy) {
  for (Fragment& fragment : chosen.fragments) {
    fragment.mz = static_cast<float>(fragment_mz(decoy, fragment.ion).value);
  }
  return chosen;
}

void BlockMaker::append(const Peptide& peptide, ChosenFragments& chosen, BlockPrecursor row) {
  const std::string sequence = to_unimod_notation(peptide);
  library::encode_fragments(peptide, chosen.fragments, encoded_);
  row.mz = static_cast<float>(precursor_mz(peptide, row.charge).value);
  row.first_fragment = static_cast<std::uint32_t>(block_.fragments.size());
  row.fragment_count = static_cast<std::uint16_t>(encoded_.size());
  row.text_begin = static_cast<std::uint32_t>(block_.text.size());
  row.text_length = static_cast<std::uint16_t>(sequence.size());
  block_.precursors.push_back(row);
  block_.fragments.insert(block_.fragments.end(), encoded_.begin(), encoded_.end());
  if (block_.spline) {
    library::encode_splines(chosen.fragments, chosen.splines, encoded_splines_);
    block_.splines.insert(block_.splines.end(), encoded_splines_.begin(), encoded_splines_.end());
  }
  block_.text += sequence;
}

// Stores the precursors of a target, its entrapments and all decoys, or none of them.
void BlockMaker::store(const Group& group, const Form& form, const Peptide& labelled, int charge) {
  std::vector<Ready> ready;
  const auto originals = static_cast<std::uint32_t>(group.originals.size());
  const auto first_pair = static_cast<std::uint32_t>(block_.counts.pairs);
  const std::uint32_t proteins = source_.table.peptides()[group.peptide].proteins;
  std::uint32_t prediction = form.first_prediction;
  for (std::uint32_t e = 0; e < originals; ++e) {
    BlockPrecursor row{};
    row.pair = first_pair + e;
    row.partner = first_pair;
    row.protein_set = proteins * originals + e;
    row.charge = static_cast<std::uint8_t>(charge);
    row.entrapment = static_cast<std::uint8_t>(e);
    const Original& original = group.originals[e];
    Peptide peptide = form_of(original.sequence, labelled);
    if (!add_predicted(std::move(peptide), prediction++, row, ready)) return;
    if (!add_decoys(original, prediction, ready)) return;
  }
  for (Ready& precursor : ready) {
    append(precursor.peptide, precursor.chosen, precursor.row);
    count(precursor.row);
  }
  block_.counts.pairs += originals;
}

bool BlockMaker::add_predicted(Peptide peptide, std::uint32_t prediction, BlockPrecursor row,
                               std::vector<Ready>& ready) {
  row.irt = predictions_.irt(prediction);
  const predict::PredictedSpectrum predicted = std::isfinite(row.irt)
                                                   ? predictions_.spectrum(prediction, row.charge)
                                                   : predict::PredictedSpectrum{};
  ChosenFragments chosen =
      choose_fragments(peptide, predicted, meaning_.is_total, rules_.fragments);
  if (chosen.fragments.size() < static_cast<std::size_t>(rules_.fragments.min_count)) {
    ++(predicted.fragments.empty() ? block_.counts.unpredicted : block_.counts.few_fragments);
    return false;
  }
  ready.push_back({std::move(peptide), std::move(chosen), row});
  return true;
}

// Adds the decoys of the original that is last in `ready`, and moves `prediction` to the next
// original.
bool BlockMaker::add_decoys(const Original& original, std::uint32_t& prediction,
                            std::vector<Ready>& ready) {
  const Ready kept = ready.back();
  BlockPrecursor row = kept.row;
  row.is_decoy = 1;
  for (const Counterpart& sequence : original.decoys) {
    Peptide decoy = form_of(sequence, kept.peptide);
    if (rules_.decoy_spectra == DecoySpectra::target) {
      ChosenFragments carried = carried_over(kept.chosen, decoy);
      ready.push_back({std::move(decoy), std::move(carried), row});
    } else if (!add_predicted(std::move(decoy), prediction++, row, ready)) {
      return false;
    }
    const Ready& made = ready.back();
    if (!is_unlike(made.peptide, kept.peptide, made.chosen.fragments)) {
      ++block_.counts.alike;
      return false;
    }
  }
  return true;
}

void BlockMaker::count(const BlockPrecursor& row) {
  BlockCounts& counts = block_.counts;
  if (row.is_decoy != 0) {
    ++counts.decoys;
  } else {
    ++(row.entrapment != 0 ? counts.entrapments : counts.targets);
  }
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

}  // namespace overland::library_build
