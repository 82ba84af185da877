#include "stages/search_audit.h"

#include <optional>

#include "base/log.h"
#include "stages/audit.h"

namespace overland {
namespace {

// Of an earlier search in the same folder.
void remove_audit(const std::filesystem::path& out) {
  std::error_code ignored;
  for (const char* file : {"audit.parquet", "audit.json", "plots/audit.svg", kAuditEntriesFile})
    std::filesystem::remove(out / file, ignored);
}

void log_verdicts(const Audit& audit) {
  for (const AuditCurve& curve : audit.curves) {
    for (const AuditPoint& p : curve.points) {
      if (p.q_value != kAuditLevels[1]) continue;
      if (!curve.has_upper_bound()) {
        log_info("audit: transfers between runs at q <= 1 %: {} entrapments among {}",
                 p.entrapments, p.targets + p.entrapments);
        continue;
      }
      log_info(
          "audit: {}, {} q-value <= 1 %: {}; {} entrapments among {} accepted, so {:.2f} to {:.2f} "
          "% are false",
          curve.level, curve.scope == "run" ? "run-specific" : "global",
          to_text(verdict_at(p, p.q_value, curve.ratio)), p.entrapments, p.targets + p.entrapments,
          100 * p.fdp.lower_bound, 100 * upper_bound(p.fdp));
    }
  }
}

}  // namespace

Result<void> write_search_audit(std::span<const ReportedRun> runs, const LibraryView& library,
                                const std::filesystem::path& out, int threads) {
  if (!AuditCollector::can_audit(library)) {
    remove_audit(out);
    return {};
  }
  std::optional<ProteinGroupNames> groups;
  std::optional<AuditCollector> collector;
  for (const ReportedRun& run : runs) {
    if (!groups) {
      auto read = read_protein_groups(run.protein_groups);
      if (!read) return std::unexpected(read.error());
      groups = std::move(*read);
      collector.emplace(library, *groups);
    }
    const auto scores = read_scores(run.scores, {.precursors = library.precursor_count()});
    if (!scores) return std::unexpected(scores.error());
    collector->add_run(run.name, *scores);
  }
  if (!collector) return {};
  const AuditEntries entries = std::move(*collector).finish();
  if (auto done = write_audit_entries(entries, out / kAuditEntriesFile); !done) return done;
  const Audit audit = audit_entries(entries, {.results = out, .threads = threads});
  log_verdicts(audit);
  return write_audit(audit, out);
}

}  // namespace overland
