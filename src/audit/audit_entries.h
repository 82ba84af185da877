// The input of an audit, stored in work/audit/entries.parquet, so that an audit needs neither the
// library nor the stages' tables. The library's entrapment flag is read here and in no earlier
// stage.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "identify/score.h"
#include "library/library.h"
#include "scoring/entrapment.h"

namespace overland::audit {

struct AuditEntry {
  std::uint32_t unit = 0;     // pair of the library, or protein group
  std::uint32_t cluster = 0;  // unit of the target; for an entrapment, unit of its target
  std::uint32_t run = 0;
  std::uint8_t is_entrapment = 0;
  double q_value = 1, global_q_value = 1;
  float score = 0, global_score = 0;
};

inline constexpr double kMostAudited = 0.1;  // entries are left out if both q-values exceed it

struct AuditLevel {
  std::string name;                            // "precursor", "protein group", "transfer"
  std::uint64_t targets = 0, entrapments = 0;  // in the library
  bool is_paired = false;                      // each target has exactly one entrapment
  bool has_upper_bound = true;                 // entrapments represent every kind of false match
  std::vector<AuditEntry> entries;
  [[nodiscard]] double ratio() const {
    return static_cast<double>(entrapments) / static_cast<double>(targets);
  }
};

// The level of protein groups is missing if entrapments and targets share protein names. Transfers
// (match between runs) are a separate level if there are any: a transferred entrapment shows a
// false donor. Entrapments cannot show that a true donor's precursor is absent from the acceptor,
// because they are absent from all runs.
struct AuditEntries {
  std::vector<std::string> runs;
  std::vector<AuditLevel> levels;
};

class AuditCollector {
 public:
  // `groups` must outlive the collector.
  AuditCollector(const library::LibraryView& library, const identify::ProteinGroupNames& groups);
  // Whether the library has entrapments.
  [[nodiscard]] static bool can_audit(const library::LibraryView& library);
  void add_run(const std::string& name, const identify::RunScores& scores);
  [[nodiscard]] AuditEntries finish() &&;

 private:
  [[nodiscard]] AuditEntry entry_of(const identify::ScoredRow& row, std::uint32_t run) const;
  void add_precursors(const identify::RunScores& scores, std::uint32_t run);
  void add_groups(const identify::RunScores& scores, std::uint32_t run);
  void add_transfers(const identify::RunScores& scores, std::uint32_t run);
  void settle_clusters();

  library::LibraryView library_;
  AuditEntries entries_;
  std::vector<AuditEntry> transfers_;
  std::vector<std::uint8_t> has_target_;  // per group
  // Entrapment group, and pair of a target from which one of its peptides was made.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> votes_;
  std::vector<std::pair<std::string_view, std::uint32_t>> group_of_;  // (accession, group), sorted
};

[[nodiscard]] Result<void> write_audit_entries(const AuditEntries& entries,
                                               const std::filesystem::path& file);
[[nodiscard]] Result<AuditEntries> read_audit_entries(const std::filesystem::path& file);

}  // namespace overland::audit
