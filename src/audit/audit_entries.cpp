#include "audit/audit_entries.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "identify/scoring_units.h"

namespace overland::audit {
namespace {

struct LibraryCounts {
  std::uint64_t targets = 0, entrapments = 0, partners = 0;
};

LibraryCounts count_precursors(const library::LibraryView& library) {
  LibraryCounts counts;
  std::set<std::uint32_t> partners;
  for (std::uint32_t p = 0; p < library.precursor_count(); ++p) {
    if (library.is_decoy[p] != 0) continue;
    if (library.entrapment[p] == 0) {
      ++counts.targets;
    } else {
      ++counts.entrapments;
      if (library.partner[p] != library.pair[p]) partners.insert(library.partner[p]);
    }
  }
  counts.partners = partners.size();
  return counts;
}

struct Accessions {
  std::set<std::string_view> targets, entrapments;
};

Accessions accessions_of(const library::LibraryView& library) {
  std::vector<std::uint8_t> kinds(library.protein_ids.size(), 0);
  for (std::uint32_t p = 0; p < library.precursor_count(); ++p) {
    if (library.is_decoy[p] != 0) continue;
    std::uint8_t& kind = kinds[library.protein_set[p]];
    kind = static_cast<std::uint8_t>(kind | (library.entrapment[p] != 0 ? 2U : 1U));
  }
  Accessions accessions;
  for (std::size_t set = 0; set < kinds.size(); ++set) {
    for (const std::string_view name : identify::split_names(library.protein_ids[set])) {
      if ((kinds[set] & 1U) != 0) accessions.targets.insert(name);
      if ((kinds[set] & 2U) != 0) accessions.entrapments.insert(name);
    }
  }
  return accessions;
}

bool are_apart(const Accessions& accessions) {
  return !accessions.targets.empty() && !accessions.entrapments.empty() &&
         std::ranges::none_of(accessions.entrapments, [&](std::string_view name) {
           return accessions.targets.contains(name);
         });
}

// Libraries of other programs may lack a few targets or entrapments.
bool are_nearly_equal(std::uint64_t a, std::uint64_t b) {
  constexpr double kTolerance = 0.02;
  return std::abs(static_cast<double>(a) - static_cast<double>(b)) <=
         kTolerance * static_cast<double>(std::max(a, b));
}

bool is_audited(double q_value, double global_q_value) {
  return std::min(q_value, global_q_value) <= kMostAudited;
}

// The global score is the best score over the runs.
void set_global_scores(std::vector<AuditEntry>& entries) {
  std::map<std::uint32_t, float> best;
  for (const AuditEntry& e : entries) {
    const auto [it, is_new] = best.emplace(e.unit, e.score);
    it->second = std::max(it->second, e.score);
  }
  for (AuditEntry& e : entries) e.global_score = best[e.unit];
}

}  // namespace

bool AuditCollector::can_audit(const library::LibraryView& library) {
  return std::ranges::any_of(library.entrapment, [](std::uint8_t e) { return e != 0; });
}

AuditCollector::AuditCollector(const library::LibraryView& library,
                               const identify::ProteinGroupNames& groups)
    : library_(library) {
  const LibraryCounts counts = count_precursors(library);
  const bool is_paired = are_nearly_equal(counts.targets, counts.entrapments) &&
                         are_nearly_equal(counts.partners, counts.entrapments);
  entries_.levels.push_back({.name = "precursor",
                             .targets = counts.targets,
                             .entrapments = counts.entrapments,
                             .is_paired = is_paired,
                             .entries = {}});
  const Accessions accessions = accessions_of(library);
  if (!are_apart(accessions)) return;
  entries_.levels.push_back(
      {.name = "protein group",
       .targets = accessions.targets.size(),
       .entrapments = accessions.entrapments.size(),
       .is_paired =
           is_paired && are_nearly_equal(accessions.targets.size(), accessions.entrapments.size()),
       .entries = {}});
  has_target_.assign(groups.protein_ids.size(), 0);
  for (std::uint32_t g = 0; g < groups.protein_ids.size(); ++g) {
    for (const std::string_view name : identify::split_names(groups.protein_ids[g])) {
      group_of_.emplace_back(name, g);
      if (accessions.targets.contains(name)) has_target_[g] = 1;
    }
  }
  std::ranges::sort(group_of_);
}

void AuditCollector::add_run(const std::string& name, const identify::RunScores& scores) {
  const auto run = static_cast<std::uint32_t>(entries_.runs.size());
  entries_.runs.push_back(name);
  add_precursors(scores, run);
  add_transfers(scores, run);
  if (entries_.levels.size() > 1) add_groups(scores, run);
}

AuditEntry AuditCollector::entry_of(const identify::ScoredRow& row, std::uint32_t run) const {
  const std::uint32_t p = row.precursor;
  return {.unit = library_.pair[p],
          .cluster = library_.partner[p],
          .run = run,
          .is_entrapment = static_cast<std::uint8_t>(library_.entrapment[p] != 0 ? 1 : 0),
          .q_value = row.q_value,
          .global_q_value = row.global_q_value,
          .score = row.score};
}

// Adds transfers with their transfer q-values, which are at most `transfer.q_value`.
void AuditCollector::add_transfers(const identify::RunScores& scores, std::uint32_t run) {
  for (const identify::ScoredRow& row : scores.rows) {
    if (library_.is_decoy[row.precursor] != 0 || row.is_matched == 0) continue;
    AuditEntry entry = entry_of(row, run);
    entry.q_value = row.transfer_q_value;
    transfers_.push_back(entry);
  }
}

void AuditCollector::add_precursors(const identify::RunScores& scores, std::uint32_t run) {
  for (const identify::ScoredRow& row : scores.rows) {
    const std::uint32_t p = row.precursor;
    if (library_.is_decoy[p] != 0 || !is_audited(row.q_value, row.global_q_value)) continue;
    entries_.levels[0].entries.push_back(entry_of(row, run));
  }
}

// Adds each group once per run; all rows of a group have the same rates.
void AuditCollector::add_groups(const identify::RunScores& scores, std::uint32_t run) {
  std::map<std::uint32_t, AuditEntry> groups;
  for (const identify::ScoredRow& row : scores.rows) {
    const std::uint32_t p = row.precursor;
    const std::uint32_t g = row.protein_group;
    if (library_.is_decoy[p] != 0 || g >= has_target_.size()) continue;
    if (!is_audited(row.protein_q_value, row.global_protein_q_value)) continue;
    groups.try_emplace(g, AuditEntry{.unit = g,
                                     .cluster = g,
                                     .run = run,
                                     .is_entrapment = static_cast<std::uint8_t>(1 - has_target_[g]),
                                     .q_value = row.protein_q_value,
                                     .global_q_value = row.global_protein_q_value,
                                     .score = row.protein_score,
                                     .global_score = row.global_protein_score});
    if (has_target_[g] == 0) votes_.emplace_back(g, library_.partner[p]);
  }
  for (const auto& [g, entry] : groups) entries_.levels[1].entries.push_back(entry);
}

// Assigns each entrapment group to the cluster of a target group: the group with most proteins of
// the targets from which the entrapment group's peptides were made; ties: the first.
void AuditCollector::settle_clusters() {
  std::ranges::sort(votes_);
  const auto repeated = std::ranges::unique(votes_);
  votes_.erase(repeated.begin(), repeated.end());
  std::map<std::uint32_t, std::uint32_t> set_of_pair;
  for (const auto& vote : votes_) set_of_pair[vote.second] = 0;
  for (std::uint32_t p = 0; p < library_.precursor_count(); ++p) {
    const auto it = set_of_pair.find(library_.pair[p]);
    if (it != set_of_pair.end() && library_.is_decoy[p] == 0) it->second = library_.protein_set[p];
  }
  std::map<std::uint32_t, std::map<std::uint32_t, std::uint32_t>> held;  // group -> group -> votes
  for (const auto& [group, partner] : votes_) {
    for (const std::string_view name :
         identify::split_names(library_.protein_ids[set_of_pair[partner]])) {
      const auto it = std::ranges::lower_bound(group_of_, std::pair(name, 0U));
      if (it != group_of_.end() && it->first == name) ++held[group][it->second];
    }
  }
  for (AuditEntry& entry : entries_.levels[1].entries) {
    const auto it = held.find(entry.unit);
    if (entry.is_entrapment == 0 || it == held.end()) continue;
    entry.cluster =
        std::ranges::max_element(it->second, {}, [](const auto& v) { return v.second; })->first;
  }
}

AuditEntries AuditCollector::finish() && {
  set_global_scores(entries_.levels[0].entries);
  if (entries_.levels.size() > 1) settle_clusters();
  if (!transfers_.empty()) {
    const AuditLevel& precursors = entries_.levels[0];
    entries_.levels.push_back({.name = "transfer",
                               .targets = precursors.targets,
                               .entrapments = precursors.entrapments,
                               .is_paired = precursors.is_paired,
                               .has_upper_bound = false,
                               .entries = std::move(transfers_)});
  }
  return std::move(entries_);
}

}  // namespace overland::audit
