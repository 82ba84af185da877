// FDR certificate of a search whose library has entrapments: compares the stated q-values of
// precursors and protein groups, per run and over all runs, with the accepted entrapments.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "audit/audit_file.h"
#include "base/error.h"
#include "base/machine.h"
#include "scoring/entrapment.h"

namespace overland::audit {

inline constexpr std::array kAuditLevels{0.001, 0.01, 0.05};  // q-values with a verdict

struct AuditOptions {
  std::filesystem::path results;
  int resamples = 1000;
  std::uint64_t seed = 1;
  Machine machine = {};
};

struct AuditCurve {
  std::string level;  // "precursor", "protein group", "transfer"
  std::string scope;  // "run": run-specific q-values of all runs; "global"; "one run"
  std::string run;    // for the scope "one run"
  double ratio = 1;   // entrapments per target in the library
  std::vector<scoring::AuditPoint> points;
  [[nodiscard]] bool has_upper_bound() const {
    return !std::isnan(scoring::upper_bound(points.front().fdp));
  }
};

struct Audit {
  std::vector<AuditCurve> curves;  // at a grid of q-values that includes kAuditLevels
  std::vector<AuditCurve> runs;    // of single runs, at kAuditLevels
  int resamples = 0;
};

// Audits a file of entries, run after run: memory does not grow with the number of runs, but for
// the points of each run's curve. Errors OVL-IO-001, OVL-IO-003.
[[nodiscard]] Result<Audit> audit_entries(const std::filesystem::path& file,
                                          const AuditOptions& options);

// Audits a results folder. Errors OVL-USE-040 (not the results of a search), OVL-USE-060 (the
// search's library has no entrapments), OVL-IO-110 (the audit's entries in work/ are missing),
// OVL-IO-003.
[[nodiscard]] Result<Audit> audit_results(const AuditOptions& options);

// Writes audit.parquet, audit.json and plots/audit.svg.
[[nodiscard]] Result<void> write_audit(const Audit& audit, const std::filesystem::path& results);
[[nodiscard]] std::string audit_json(const Audit& audit);
[[nodiscard]] std::string audit_text(const Audit& audit);

}  // namespace overland::audit
