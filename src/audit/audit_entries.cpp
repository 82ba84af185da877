#include "audit/audit_entries.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "identify/competition_groups.h"

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

}  // namespace

bool AuditCollector::can_audit(const library::LibraryView& library) {
  return std::ranges::any_of(library.entrapment, [](std::uint8_t e) { return e != 0; });
}

Result<AuditCollector> AuditCollector::create(const library::LibraryView& library,
                                              const identify::ProteinGroupNames& groups,
                                              const std::filesystem::path& folder) {
  const LibraryCounts counts = count_precursors(library);
  const bool is_paired = are_nearly_equal(counts.targets, counts.entrapments) &&
                         are_nearly_equal(counts.partners, counts.entrapments);
  AuditLevel precursors{.name = "precursor",
                        .targets = counts.targets,
                        .entrapments = counts.entrapments,
                        .is_paired = is_paired};
  AuditLevel transfers = precursors;
  transfers.name = "transfer";
  transfers.has_upper_bound = false;
  std::vector<AuditLevel> levels{std::move(precursors), std::move(transfers)};
  const Accessions accessions = accessions_of(library);
  if (are_apart(accessions)) {
    const std::size_t targets = accessions.targets.size();
    const std::size_t entrapments = accessions.entrapments.size();
    levels.push_back({.name = "protein group",
                      .targets = targets,
                      .entrapments = entrapments,
                      .is_paired = is_paired && are_nearly_equal(targets, entrapments)});
  }
  std::vector<Stored> stored;
  for (AuditLevel& level : levels) {
    auto file = ScratchFile::create(folder);
    if (!file) return std::unexpected(file.error());
    stored.push_back({std::move(level), std::move(*file)});
  }
  AuditCollector collector(library, std::move(stored));
  if (collector.has_groups()) collector.number_groups(groups, accessions.targets);
  return collector;
}

AuditCollector::AuditCollector(const library::LibraryView& library, std::vector<Stored> stored)
    : library_(library), stored_(std::move(stored)) {}

void AuditCollector::number_groups(const identify::ProteinGroupNames& groups,
                                   const std::set<std::string_view>& targets) {
  has_target_.assign(groups.protein_ids.size(), 0);
  for (std::uint32_t g = 0; g < groups.protein_ids.size(); ++g) {
    for (const std::string_view name : identify::split_names(groups.protein_ids[g])) {
      group_of_.emplace_back(name, g);
      if (targets.contains(name)) has_target_[g] = 1;
    }
  }
  std::ranges::sort(group_of_);
}

Result<void> AuditCollector::add_run(const std::string& name, const identify::RunScores& scores) {
  const auto run = static_cast<std::uint32_t>(runs_.size());
  runs_.push_back(name);
  auto done = store(kPrecursors, precursors_of(scores, run));
  if (done) done = store(kTransfers, transfers_of(scores, run));
  if (done && has_groups()) done = store(kGroups, groups_of(scores, run));
  return done;
}

Result<void> AuditCollector::store(std::size_t level, const std::vector<AuditEntry>& entries) {
  Stored& stored = stored_[level];
  auto done = stored.entries.write<AuditEntry>(stored.level.rows, entries);
  stored.level.rows += entries.size();
  return done;
}

AuditEntry AuditCollector::entry_of(const identify::ScoredRow& row, std::uint32_t run) const {
  const std::uint32_t p = row.precursor;
  return {.group = library_.pair[p],
          .cluster = library_.partner[p],
          .run = run,
          .is_entrapment = static_cast<std::uint8_t>(library_.entrapment[p] != 0 ? 1 : 0),
          .q_value = row.q_value,
          .global_q_value = row.global_q_value,
          .score = row.score};
}

// Transfers with their transfer q-values, which are at most `transfer.q_value`.
std::vector<AuditEntry> AuditCollector::transfers_of(const identify::RunScores& scores,
                                                     std::uint32_t run) const {
  std::vector<AuditEntry> transfers;
  for (const identify::ScoredRow& row : scores.rows) {
    if (library_.is_decoy[row.precursor] != 0 || row.is_matched == 0) continue;
    AuditEntry& entry = transfers.emplace_back(entry_of(row, run));
    entry.q_value = row.transfer_q_value;
  }
  return transfers;
}

// Also notes the best score over the runs, which is the global score.
std::vector<AuditEntry> AuditCollector::precursors_of(const identify::RunScores& scores,
                                                      std::uint32_t run) {
  std::vector<AuditEntry> precursors;
  for (const identify::ScoredRow& row : scores.rows) {
    const std::uint32_t p = row.precursor;
    if (library_.is_decoy[p] != 0 || !is_audited(row.q_value, row.global_q_value)) continue;
    const AuditEntry& entry = precursors.emplace_back(entry_of(row, run));
    float& best = best_.try_emplace(entry.group, entry.score).first->second;
    best = std::max(best, entry.score);
  }
  return precursors;
}

// Each group once per run; all rows of a group have the same rates.
std::vector<AuditEntry> AuditCollector::groups_of(const identify::RunScores& scores,
                                                  std::uint32_t run) {
  std::map<std::uint32_t, AuditEntry> groups;
  for (const identify::ScoredRow& row : scores.rows) {
    const std::uint32_t p = row.precursor;
    const std::uint32_t g = row.protein_group;
    if (library_.is_decoy[p] != 0 || g >= has_target_.size()) continue;
    if (!is_audited(row.protein_q_value, row.global_protein_q_value)) continue;
    groups.try_emplace(g, AuditEntry{.group = g,
                                     .cluster = g,
                                     .run = run,
                                     .is_entrapment = static_cast<std::uint8_t>(1 - has_target_[g]),
                                     .q_value = row.protein_q_value,
                                     .global_q_value = row.global_protein_q_value,
                                     .score = row.protein_score,
                                     .global_score = row.global_protein_score});
    if (has_target_[g] == 0) votes_.emplace(g, library_.partner[p]);
  }
  std::vector<AuditEntry> entries;
  for (const auto& [g, entry] : groups) entries.push_back(entry);
  return entries;
}

// The cluster of an entrapment group is a target group: the group with most proteins of the targets
// from which the entrapment group's peptides were made; ties: the first.
AuditCollector::Clusters AuditCollector::clusters_of_entrapments() const {
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
  Clusters clusters;
  for (const auto& [group, votes] : held) {
    clusters[group] =
        std::ranges::max_element(votes, {}, [](const auto& v) { return v.second; })->first;
  }
  return clusters;
}

Result<void> AuditCollector::write(const std::filesystem::path& file) const {
  std::vector<std::size_t> order{kPrecursors};
  if (has_groups()) order.push_back(kGroups);
  if (stored_[kTransfers].level.rows > 0) order.push_back(kTransfers);
  AuditHead head{.runs = runs_, .levels = {}};
  for (const std::size_t level : order) head.levels.push_back(stored_[level].level);
  auto writer = AuditEntryWriter::open(file, head);
  if (!writer) return std::unexpected(writer.error());
  const Clusters clusters = clusters_of_entrapments();
  for (const std::size_t level : order) {
    const auto settle = [&](AuditEntry& entry) {
      if (level == kPrecursors) entry.global_score = best_.at(entry.group);
      if (level != kGroups || entry.is_entrapment == 0) return;
      const auto cluster = clusters.find(entry.group);
      if (cluster != clusters.end()) entry.cluster = cluster->second;
    };
    if (auto done = copy(stored_[level], settle, *writer); !done) return done;
  }
  return writer->close();
}

template <class Settle>
Result<void> AuditCollector::copy(const Stored& stored, const Settle& settle,
                                  AuditEntryWriter& writer) {
  constexpr std::uint64_t kPiece = 1 << 16;
  std::vector<AuditEntry> piece;
  for (std::uint64_t at = 0; at < stored.level.rows; at += kPiece) {
    const auto count = static_cast<std::size_t>(std::min(kPiece, stored.level.rows - at));
    const auto view = stored.entries.view<AuditEntry>(at, count);
    if (!view) return std::unexpected(view.error());
    piece.assign(view->values.begin(), view->values.end());
    std::ranges::for_each(piece, settle);
    if (auto done = writer.append(piece); !done) return done;
  }
  return {};
}

}  // namespace overland::audit
