#include "stages/search_audit.h"

#include <optional>

#include "audit/audit.h"
#include "audit/audit_entries.h"
#include "params/results_folder.h"

namespace overland::stages {
namespace {

std::filesystem::path entries_file(const std::filesystem::path& out) {
  return params::ResultsFolder(out).path_of(params::kAuditEntries);
}

// Of an earlier search in the same folder.
void remove_audit(const std::filesystem::path& out) {
  std::error_code ignored;
  for (const char* file : {"audit.parquet", "audit.json", "plots/audit.svg"})
    std::filesystem::remove(out / file, ignored);
  std::filesystem::remove(entries_file(out), ignored);
}

void log_verdicts(const Machine& machine, const audit::Audit& audit) {
  for (const audit::AuditCurve& curve : audit.curves) {
    for (const scoring::AuditPoint& p : curve.points) {
      if (p.q_value != audit::kAuditLevels[1]) continue;
      if (!curve.has_upper_bound()) {
        machine.info("audit: transfers between runs at q <= 1 %: {} entrapments among {}",
                     p.entrapments, p.targets + p.entrapments);
        continue;
      }
      machine.info(
          "audit: {}, {} q-value <= 1 %: {}; {} entrapments among {} accepted, so {:.2f} to {:.2f} "
          "% are false",
          curve.level, curve.scope == "run" ? "run-specific" : "global",
          to_text(scoring::verdict_at(p, p.q_value, curve.ratio)), p.entrapments,
          p.targets + p.entrapments, 100 * p.fdp.lower_bound, 100 * scoring::upper_bound(p.fdp));
    }
  }
}

}  // namespace

Result<void> write_search_audit(std::span<const results::ReportedRun> runs,
                                const library::LibraryView& library,
                                const std::filesystem::path& out, const Machine& machine) {
  if (!audit::AuditCollector::can_audit(library)) {
    remove_audit(out);
    return {};
  }
  const std::filesystem::path file = entries_file(out);
  std::optional<identify::ProteinGroupNames> groups;
  std::optional<audit::AuditCollector> collector;
  for (const results::ReportedRun& run : runs) {
    if (!groups) {
      auto read = identify::read_protein_groups(run.protein_groups);
      if (!read) return std::unexpected(read.error());
      groups = std::move(*read);
      auto created = audit::AuditCollector::create(library, *groups, file.parent_path());
      if (!created) return std::unexpected(created.error());
      collector.emplace(std::move(*created));
    }
    const auto scores =
        identify::read_scores(run.scores, {.precursors = library.precursor_count()});
    if (!scores) return std::unexpected(scores.error());
    if (auto done = collector->add_run(run.name, *scores); !done) return done;
  }
  if (!collector) return {};
  if (auto done = collector->write(file); !done) return done;
  const auto audit = audit::audit_entries(file, {.results = out, .machine = machine});
  if (!audit) return std::unexpected(audit.error());
  log_verdicts(machine, *audit);
  return audit::write_audit(*audit, out);
}

}  // namespace overland::stages
