// What an audit needs to know of a search, in a file of its own (work/audit/entries.parquet), so
// that it needs neither the library nor the stages' tables. Here, and nowhere before, is the
// library's entrapment flag read.
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
  std::uint32_t cluster = 0;  // of a target itself; of an entrapment its target's
  std::uint32_t run = 0;
  std::uint8_t is_entrapment = 0;
  double q_value = 1, global_q_value = 1;
  float score = 0, global_score = 0;
};

inline constexpr double kMostAudited = 0.1;  // entries beyond it in both q-values are left out

struct AuditLevel {
  std::string name;                            // "precursor", "protein group", "transfer"
  std::uint64_t targets = 0, entrapments = 0;  // in the library
  bool is_paired = false;                      // one entrapment for each target
  bool has_upper_bound = true;                 // entrapments stand for all that can be wrong
  std::vector<AuditEntry> entries;
  [[nodiscard]] double ratio() const {
    return static_cast<double>(entrapments) / static_cast<double>(targets);
  }
};

// Protein groups cannot be audited where entrapments bear the names of proteins that targets have:
// then that level is lacking. Transfers (match between runs) are a level of their own, where there
// are some: an entrapment that is transferred shows a false donor. That a precursor is not in the
// acceptor, entrapments cannot show, which are in no run.
struct AuditEntries {
  std::vector<std::string> runs;
  std::vector<AuditLevel> levels;
};

class AuditCollector {
 public:
  // `groups` must outlive it.
  AuditCollector(const library::LibraryView& library, const identify::ProteinGroupNames& groups);
  [[nodiscard]] static bool can_audit(const library::LibraryView& library);  // it has entrapments
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
  std::vector<std::pair<std::uint32_t, std::uint32_t>>
      votes_;  // group, group of a target's protein
  std::vector<std::pair<std::string_view, std::uint32_t>> group_of_;  // accession, ascending
};

[[nodiscard]] Result<void> write_audit_entries(const AuditEntries& entries,
                                               const std::filesystem::path& file);
[[nodiscard]] Result<AuditEntries> read_audit_entries(const std::filesystem::path& file);

}  // namespace overland::audit
