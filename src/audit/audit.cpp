#include "audit/audit.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "params/results_folder.h"
#include "report/page_data.h"

namespace overland::audit {
namespace {

constexpr int kMostResamplesOfOneRun = 200;

// Grid of q-values with 20 steps per decade from 0.0001 to kMostAudited; kAuditLevels replace the
// grid points next to them.
std::vector<double> threshold_grid() {
  constexpr int kSteps = 60;
  constexpr double kStep = 1.1220184543019633;  // 10^(1/20)
  std::set<double> grid(kAuditLevels.begin(), kAuditLevels.end());
  grid.insert(kMostAudited);
  const std::vector<double> exact(grid.begin(), grid.end());
  double q = 1e-4;
  for (int i = 0; i < kSteps; ++i, q *= kStep) {
    const bool has_neighbour =
        std::ranges::any_of(exact, [&](double level) { return std::abs(q / level - 1) < 0.01; });
    if (!has_neighbour) grid.insert(q);
  }
  return {grid.begin(), grid.end()};
}

scoring::AuditRow row_of(const AuditEntry& entry, bool is_global) {
  return {.cluster = entry.cluster,
          .run = is_global ? 0 : entry.run,
          .is_entrapment = entry.is_entrapment != 0,
          .q_value = is_global ? entry.global_q_value : entry.q_value,
          .score = is_global ? entry.global_score : entry.score};
}

std::vector<scoring::AuditRow> run_rows(const AuditLevel& level) {
  std::vector<scoring::AuditRow> rows;
  rows.reserve(level.entries.size());
  for (const AuditEntry& entry : level.entries) rows.push_back(row_of(entry, false));
  return rows;
}

// One row per precursor pair or protein group.
std::vector<scoring::AuditRow> global_rows(const AuditLevel& level) {
  std::set<std::uint32_t> seen;
  std::vector<scoring::AuditRow> rows;
  for (const AuditEntry& entry : level.entries) {
    if (seen.insert(entry.unit).second) rows.push_back(row_of(entry, true));
  }
  return rows;
}

std::vector<std::vector<scoring::AuditRow>> rows_by_run(const AuditLevel& level, std::size_t runs) {
  std::vector<std::vector<scoring::AuditRow>> rows(runs);
  for (const AuditEntry& entry : level.entries) {
    if (entry.run < runs) rows[entry.run].push_back(row_of(entry, false));
  }
  return rows;
}

void add_level(const AuditEntries& entries, const AuditLevel& level, const AuditOptions& options,
               Audit& audit) {
  static const std::vector<double> kGrid = threshold_grid();
  const scoring::AuditSettings settings{.ratio = level.ratio(),
                                        .is_paired = level.is_paired,
                                        .has_upper_bound = level.has_upper_bound,
                                        .resamples = options.resamples,
                                        .seed = options.seed,
                                        .machine = options.machine};
  const auto add = [&](std::vector<AuditCurve>& to, const char* scope, const std::string& run,
                       std::vector<scoring::AuditPoint> points) {
    to.push_back({level.name, scope, run, level.ratio(), std::move(points)});
  };
  add(audit.curves, "run", "", scoring::audit_curve(run_rows(level), kGrid, settings));
  if (!level.has_upper_bound) return;  // transfers have run-specific q-values only
  add(audit.curves, "global", "", scoring::audit_curve(global_rows(level), kGrid, settings));
  if (entries.runs.size() < 2) return;
  scoring::AuditSettings of_one_run = settings;
  of_one_run.resamples = std::min(options.resamples, kMostResamplesOfOneRun);
  const auto rows = rows_by_run(level, entries.runs.size());
  for (std::size_t run = 0; run < rows.size(); ++run) {
    add(audit.runs, "one run", entries.runs[run],
        scoring::audit_curve(rows[run], kAuditLevels, of_one_run));
  }
}

bool has_entrapments(const std::filesystem::path& results) {
  const report::PageJson manifest = report::json_of_file(results / "manifest.json");
  const auto place = report::PageJson::json_pointer("/library/entrapments");
  return manifest.is_object() && manifest.contains(place) && manifest[place] == true;
}

}  // namespace

Audit audit_entries(const AuditEntries& entries, const AuditOptions& options) {
  Audit audit;
  audit.resamples = options.resamples;
  for (const AuditLevel& level : entries.levels) add_level(entries, level, options, audit);
  return audit;
}

Result<Audit> audit_results(const AuditOptions& options) {
  const std::filesystem::path& out = options.results;
  if (!std::filesystem::exists(out / "report.parquet") ||
      !std::filesystem::exists(out / "runs.parquet"))
    return fail("OVL-USE-040", "this is not the results folder of a search", out.string(),
                "Give the folder named by --out; it contains report.parquet and runs.parquet.");
  if (!has_entrapments(out))
    return fail(
        "OVL-USE-060", "the library of this search has no entrapments", out.string(),
        "Search with --fasta, which adds entrapments by default, or with a library built by "
        "build-library --entrapments 1.");
  const std::filesystem::path file = params::ResultsFolder(out).path_of(params::kAuditEntries);
  if (!std::filesystem::exists(file))
    return fail("OVL-IO-110", "the entries of the audit are missing", file.string(),
                "Run the same search command again; it writes the missing files.");
  const auto entries = read_audit_entries(file);
  if (!entries) return std::unexpected(entries.error());
  return audit_entries(*entries, options);
}

}  // namespace overland::audit
