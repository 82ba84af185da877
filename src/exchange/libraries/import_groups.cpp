#include "exchange/libraries/import_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <unordered_set>

#include "exchange/libraries/choose_reading.h"
#include "exchange/libraries/import_pairs.h"
#include "exchange/libraries/protein_names.h"

namespace overland::exchange {
namespace {

using Fragment = library::LibraryPrecursor::Fragment;

void write_key(const ImportKey& key, std::string& text) {
  text.assign(key.sequence);
  text += '\t';
  text += static_cast<char>('0' + key.charge);
  text += key.is_decoy ? 'd' : 't';
}

std::string folded(std::string residues) {
  std::ranges::replace(residues, 'I', 'L');
  return residues;
}

// "PEC(UniMod:4)K/2"
std::string name_of(const library::LibraryPrecursor& precursor) {
  return fmt::format("{}/{}", to_unimod_notation(precursor.peptide), precursor.charge);
}

// "X" of an error that ends in "...: 'X' is not a known modification"; of others all after the
// colon.
std::string cause_of(const Error& error) {
  std::string_view cause = error.what;
  cause.remove_prefix(cause.find(": ") + 2);
  constexpr std::string_view kUnknown = "' is not a known modification";
  if (!cause.ends_with(kUnknown)) return std::string(cause);
  return std::string(cause.substr(1, cause.size() - kUnknown.size() - 1));
}

// Removes the splines of fragments that were left out.
void compact_splines(library::LibraryPrecursor& precursor) {
  if (precursor.splines.empty()) return;
  std::vector<kernel::SplineCoefficients> kept;
  kept.reserve(precursor.fragments.size());
  for (Fragment& fragment : precursor.fragments) {
    kept.push_back(precursor.splines[fragment.spline]);
    fragment.spline = static_cast<std::uint16_t>(kept.size() - 1);
  }
  precursor.splines = std::move(kept);
}

}  // namespace

void append_distinct(std::string& names, std::string_view more) {
  if (is_missing(more) || names == more) return;
  if (!names.empty()) names += ';';
  names += more;
}

ImportGroup& ImportGroups::at(const ImportKey& key) {
  settings_.machine.check_cancelled();
  write_key(key, scratch_);
  if (groups_.empty() || scratch_ != last_text_) {
    const auto found = by_text_.find(scratch_);
    if (found != by_text_.end()) {
      last_ = found->second;
    } else {
      last_ = make(key);
      by_text_.emplace(scratch_, last_);
    }
    last_text_ = scratch_;
  }
  return groups_[last_];
}

std::size_t ImportGroups::make(const ImportKey& key) {
  ImportGroup group;
  group.precursor.charge = key.charge;
  group.precursor.is_decoy = key.is_decoy;
  group.precursor.irt = std::numeric_limits<float>::quiet_NaN();
  group.defect = read_peptide(key, group.precursor.peptide);
  if (!group.defect) {
    std::string canonical;
    write_key({to_unimod_notation(group.precursor.peptide), key.charge, key.is_decoy}, canonical);
    const auto [place, is_new] = by_canonical_.try_emplace(std::move(canonical), groups_.size());
    if (!is_new) return place->second;
  }
  groups_.push_back(std::move(group));
  return groups_.size() - 1;
}

std::optional<Drop> ImportGroups::read_peptide(const ImportKey& key, Peptide& peptide) {
  if (is_missing(key.sequence)) return Drop::no_sequence;
  auto chosen = choose_reading(key.sequence, key.charge, key.precursor_mz, settings_.modifications);
  if (!chosen) {
    const std::string cause = cause_of(chosen.error());
    if (unreadable_.insert(cause).second) {
      add_case(named_[static_cast<std::size_t>(Drop::unreadable_sequence)], cause);
    }
    return Drop::unreadable_sequence;
  }
  if (chosen->peptide.residues.size() > 255) return Drop::unreadable_sequence;
  if (key.charge == 0) return Drop::precursor_charge;
  const bool is_judged = !key.is_decoy && is_given_mz(key.precursor_mz);
  with_mz_ += is_judged ? 1 : 0;
  if (is_judged && chosen->contradicts_mz) {
    add_case(named_[static_cast<std::size_t>(Drop::other_mz)],
             fmt::format("{}/{} at m/z {:.4f}", key.sequence, key.charge, key.precursor_mz));
    return Drop::other_mz;
  }
  peptide = std::move(chosen->peptide);
  return std::nullopt;
}

// Leaves out a precursor with all its fragments.
void ImportGroups::set_defect(ImportGroup& group, Drop reason) {
  group.defect = reason;
  drop(reason, group.precursor.fragments.size());
  add_case(named_[static_cast<std::size_t>(reason)], name_of(group.precursor));
}

// Merges repeated fragments, keeps the most intense ones, and sets the defect of an unusable
// precursor.
void ImportGroups::settle(ImportGroup& group) {
  if (group.defect) return;
  auto& fragments = group.precursor.fragments;
  std::ranges::sort(fragments, {},
                    [](const Fragment& f) { return std::tuple(f.ion, -f.intensity); });
  const auto repeated = std::ranges::unique(fragments, {}, &Fragment::ion);
  drop(Drop::duplicate, repeated.size());
  fragments.erase(repeated.begin(), repeated.end());
  if (!std::isfinite(group.precursor.irt)) return set_defect(group, Drop::no_retention_time);
  if (fragments.size() < kMinFragments) return set_defect(group, Drop::too_few);
  if (fragments.size() > kMaxFragments) {
    std::ranges::sort(fragments, {},
                      [](const Fragment& f) { return std::tuple(-f.intensity, f.ion); });
    drop(Drop::too_many, fragments.size() - kMaxFragments);
    fragments.resize(kMaxFragments);
  }
  compact_splines(group.precursor);
  group.precursor.protein_ids = normal_accessions(group.proteins);
  if (group.precursor.entrapment == 0)
    group.precursor.entrapment = entrapment_group_of(group.precursor.protein_ids);
  group.precursor.genes = normal_names(group.genes);
}

// Some programs write a decoy with the sequence of its target and with shifted fragment m/z.
// Calculated from this sequence, its fragments would be identical to the target's.
void ImportGroups::drop_decoys_like_targets() {
  std::unordered_set<std::string> targets;
  for (const ImportGroup& group : groups_) {
    const library::LibraryPrecursor& precursor = group.precursor;
    if (!group.defect && !precursor.is_decoy) targets.insert(folded(precursor.peptide.residues));
  }
  for (ImportGroup& group : groups_) {
    if (group.defect || !group.precursor.is_decoy) continue;
    if (!targets.contains(folded(group.precursor.peptide.residues))) continue;
    set_defect(group, Drop::decoy_is_target);
  }
}

// The share of precursors whose m/z may contradict their sequences before the import stops: plain
// sequences of an unknown notation are wrong for every modified peptide.
constexpr double kPlainContradictions = 0.005;
constexpr double kContradictions = 0.5;

Result<void> ImportGroups::check_mz(const std::string& where) const {
  const NamedCases& cases = named_[static_cast<std::size_t>(Drop::other_mz)];
  const bool is_plain = !plain_column_.empty();
  const double allowed = is_plain ? kPlainContradictions : kContradictions;
  if (static_cast<double>(cases.distinct) <= allowed * static_cast<double>(with_mz_)) return {};
  return fail(
      "OVL-LIB-028",
      fmt::format("the m/z of {} of {} precursors contradict their sequences{}", cases.distinct,
                  with_mz_, names_of(cases)),
      where,
      is_plain ? fmt::format("The sequences were read from the column '{}', which has no "
                             "modifications: rename the column of the modified sequences to "
                             "ModifiedPeptide.",
                             plain_column_)
               : "Check the notation of the modifications; write mass differences with a sign, as "
                 "in M[+15.9949], or names of UniMod.");
}

std::unexpected<Error> ImportGroups::nothing_left(const std::string& where) const {
  std::string reasons;
  std::size_t most = 0;
  for (std::size_t i = 0; i < kDropCount; ++i) {
    if (dropped_[i] == 0) continue;
    if (dropped_[i] > dropped_[most]) most = i;
    reasons += fmt::format("{}{}: {} rows{}", reasons.empty() ? "" : "; ",
                           describe(static_cast<Drop>(i)), dropped_[i], names_of(named_[i]));
  }
  const char* advice = "Give a table of peptides with b and y fragments.";
  if (static_cast<Drop>(most) == Drop::no_retention_time) {
    advice = "Give a library with retention times (iRT), at least predicted ones.";
  } else if (static_cast<Drop>(most) == Drop::unreadable_sequence) {
    advice = "Declare the modifications: --modification 'NAME=+123.4567@RESIDUES'.";
  }
  return fail("OVL-LIB-021", "no row of the table can be used",
              fmt::format("{}, {}", where, reasons.empty() ? "it has no rows" : reasons), advice);
}

Result<ImportedLibrary> ImportGroups::finish(ImportReport report, const std::string& where) {
  if (auto done = check_mz(where); !done) return std::unexpected(done.error());
  for (ImportGroup& group : groups_) {
    settings_.machine.check_cancelled();
    settle(group);
  }
  drop_decoys_like_targets();
  ImportedLibrary library;
  std::vector<std::string> names;
  for (ImportGroup& group : groups_) {
    if (group.defect) continue;
    if (group.is_precursor_mz_off) {
      ++report.precursors_recomputed;
      add_case(report.recomputed, name_of(group.precursor));
    }
    report.rows_kept += group.precursor.fragments.size();
    report.decoys += group.precursor.is_decoy ? 1U : 0U;
    library.precursors.push_back(std::move(group.precursor));
    names.push_back(std::move(group.name));
  }
  report.precursors = library.precursors.size();
  if (library.precursors.empty()) return nothing_left(where);
  for (std::size_t i = 0; i < kDropCount; ++i) {
    const std::string reason(describe(static_cast<Drop>(i)));
    if (dropped_[i] > 0) report.rows_dropped[reason] = dropped_[i];
    if (dropped_[i] > 0 && named_[i].distinct > 0) report.dropped[reason] = named_[i];
  }
  sort_and_pair(library.precursors, names);
  library.report = std::move(report);
  return library;
}

}  // namespace overland::exchange
