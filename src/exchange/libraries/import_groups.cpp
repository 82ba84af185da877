#include "exchange/libraries/import_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <unordered_set>

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

bool is_decoy_name(std::string_view name) {
  return name.starts_with("DECOY_") || name.starts_with("decoy_") || name.starts_with("rev_");
}

void append_distinct(std::string& names, std::string_view more) {
  if (is_missing(more) || names == more) return;
  if (!names.empty()) names += ';';
  names += more;
}

ImportGroup& ImportGroups::at(const ImportKey& key) {
  machine_.check_cancelled();
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
  auto peptide = parse_peptide(key.sequence);
  if (is_missing(key.sequence)) {
    group.defect = Drop::no_sequence;
  } else if (!peptide || peptide->residues.size() > 255) {
    group.defect = Drop::unreadable_sequence;
  } else if (key.charge == 0) {
    group.defect = Drop::precursor_charge;
  } else {
    std::string canonical;
    write_key({to_unimod_notation(*peptide), key.charge, key.is_decoy}, canonical);
    const auto [place, is_new] = by_canonical_.try_emplace(std::move(canonical), groups_.size());
    if (!is_new) return place->second;
    group.precursor.peptide = std::move(*peptide);
  }
  groups_.push_back(std::move(group));
  return groups_.size() - 1;
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
  if (!std::isfinite(group.precursor.irt)) {
    group.defect = Drop::no_retention_time;
  } else if (fragments.size() < kMinFragments) {
    group.defect = Drop::too_few;
  }
  if (group.defect) {
    drop(*group.defect, fragments.size());
    return;
  }
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
    group.defect = Drop::decoy_is_target;
    drop(Drop::decoy_is_target, group.precursor.fragments.size());
  }
}

Result<ImportedLibrary> ImportGroups::finish(ImportReport report, const std::string& where) {
  for (ImportGroup& group : groups_) {
    machine_.check_cancelled();
    settle(group);
  }
  drop_decoys_like_targets();
  ImportedLibrary library;
  std::vector<std::string> names;
  for (ImportGroup& group : groups_) {
    if (group.defect) continue;
    if (group.is_precursor_mz_off) ++report.precursors_recomputed;
    report.rows_kept += group.precursor.fragments.size();
    report.decoys += group.precursor.is_decoy ? 1U : 0U;
    library.precursors.push_back(std::move(group.precursor));
    names.push_back(std::move(group.name));
  }
  report.precursors = library.precursors.size();
  std::string reasons;
  for (std::size_t i = 0; i < kDropCount; ++i) {
    if (dropped_[i] == 0) continue;
    const std::string reason(describe(static_cast<Drop>(i)));
    report.rows_dropped[reason] = dropped_[i];
    reasons += fmt::format("{}{}: {} rows", reasons.empty() ? "" : "; ", reason, dropped_[i]);
  }
  if (library.precursors.empty()) {
    return fail("OVL-LIB-021", "no row of the table can be used",
                fmt::format("{}, {}", where, reasons.empty() ? "it has no rows" : reasons),
                "Give a table of peptides with b and y fragments.");
  }
  sort_and_pair(library.precursors, names);
  library.report = std::move(report);
  return library;
}

}  // namespace overland::exchange
