// The input of an audit, stored in work/audit/entries.parquet, so that an audit needs neither the
// library nor the stages' tables. The library's entrapment flag is read here and in no earlier
// stage.
//
// Memory does not grow with the number of runs: the entries wait in scratch files until all runs
// are known. Held are the names of runs and groups, the best score per precursor pair, and the
// entries of one run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "audit/audit_file.h"
#include "base/files/scratch_file.h"
#include "identify/score.h"
#include "library/library.h"

namespace overland::audit {

// Collects the entries of the runs of a search, run after run.
class AuditCollector {
 public:
  // `groups` must outlive the collector. `folder`: of the scratch files. Errors OVL-IO-002.
  [[nodiscard]] static Result<AuditCollector> create(const library::LibraryView& library,
                                                     const identify::ProteinGroupNames& groups,
                                                     const std::filesystem::path& folder);
  // Whether the library has entrapments.
  [[nodiscard]] static bool can_audit(const library::LibraryView& library);
  // Errors OVL-IO-002.
  [[nodiscard]] Result<void> add_run(const std::string& name, const identify::RunScores& scores);
  // Errors OVL-IO-002, OVL-RES-002.
  [[nodiscard]] Result<void> write(const std::filesystem::path& file) const;

 private:
  // The entries of a level, without what only all runs together tell.
  struct Stored {
    AuditLevel level;
    ScratchFile entries;
  };
  using Clusters = std::unordered_map<std::uint32_t, std::uint32_t>;  // of entrapment groups
  AuditCollector(const library::LibraryView& library, std::vector<Stored> stored);
  void number_groups(const identify::ProteinGroupNames& groups,
                     const std::set<std::string_view>& targets);
  [[nodiscard]] bool has_groups() const { return stored_.size() > kGroups; }
  [[nodiscard]] AuditEntry entry_of(const identify::ScoredRow& row, std::uint32_t run) const;
  [[nodiscard]] std::vector<AuditEntry> precursors_of(const identify::RunScores& scores,
                                                      std::uint32_t run);
  [[nodiscard]] std::vector<AuditEntry> groups_of(const identify::RunScores& scores,
                                                  std::uint32_t run);
  [[nodiscard]] std::vector<AuditEntry> transfers_of(const identify::RunScores& scores,
                                                     std::uint32_t run) const;
  [[nodiscard]] Result<void> store(std::size_t level, const std::vector<AuditEntry>& entries);
  [[nodiscard]] Clusters clusters_of_entrapments() const;
  template <class Settle>
  [[nodiscard]] static Result<void> copy(const Stored& stored, const Settle& settle,
                                         AuditEntryWriter& writer);

  static constexpr std::size_t kPrecursors = 0, kTransfers = 1, kGroups = 2;
  library::LibraryView library_;
  std::vector<std::string> runs_;
  std::vector<Stored> stored_;                     // kGroups only if groups can be audited
  std::unordered_map<std::uint32_t, float> best_;  // score over all runs, by precursor pair
  std::vector<std::uint8_t> has_target_;           // per group
  // Entrapment group, and pair of a target from which one of its peptides was made.
  std::set<std::pair<std::uint32_t, std::uint32_t>> votes_;
  std::vector<std::pair<std::string_view, std::uint32_t>> group_of_;  // (accession, group), sorted
};

}  // namespace overland::audit
