#include "audit/audit.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_set>

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

// The curves of one level, from its entries in the order of the runs.
class LevelAudit {
 public:
  LevelAudit(const AuditHead& head, const AuditLevel& level, const AuditOptions& options)
      : head_(head),
        level_(level),
        settings_{.ratio = level.ratio(),
                  .is_paired = level.is_paired,
                  .has_upper_bound = level.has_upper_bound,
                  .resamples = options.resamples,
                  .seed = options.seed,
                  .machine = options.machine},
        of_all_runs_(grid()) {}

  // False if the entry's run does not exist or precedes that of an earlier entry.
  bool add(const AuditEntry& entry) {
    if (entry.run < run_ || entry.run >= head_.runs.size()) return false;
    while (run_ < entry.run) close_run();
    rows_.push_back(row_of(entry, false));
    const bool is_global = level_.has_upper_bound;  // transfers have run-specific q-values only
    if (is_global && seen_.insert(entry.group).second) global_rows_.push_back(row_of(entry, true));
    return true;
  }

  void finish(Audit& audit) {
    while (run_ < head_.runs.size()) close_run();
    audit.curves.push_back(curve("run", "", of_all_runs_.curve(settings_)));
    if (!level_.has_upper_bound) return;
    audit.curves.push_back(
        curve("global", "", scoring::audit_curve(std::move(global_rows_), grid(), settings_)));
    std::ranges::move(of_one_run_, std::back_inserter(audit.runs));
  }

 private:
  static const std::vector<double>& grid() {
    static const std::vector<double> kGrid = threshold_grid();
    return kGrid;
  }

  AuditCurve curve(const char* scope, const std::string& run,
                   std::vector<scoring::AuditPoint> points) const {
    return {level_.name, scope, run, level_.ratio(), std::move(points)};
  }

  void close_run() {
    of_all_runs_.add(rows_);
    if (level_.has_upper_bound && head_.runs.size() > 1) {
      scoring::AuditSettings settings = settings_;
      settings.resamples = std::min(settings.resamples, kMostResamplesOfOneRun);
      of_one_run_.push_back(curve("one run", head_.runs[run_],
                                  scoring::audit_curve(std::move(rows_), kAuditLevels, settings)));
    }
    rows_.clear();
    ++run_;
  }

  const AuditHead& head_;
  const AuditLevel& level_;
  scoring::AuditSettings settings_;
  scoring::AuditSteps of_all_runs_;
  std::uint32_t run_ = 0;                // of rows_
  std::vector<scoring::AuditRow> rows_;  // of one run
  std::unordered_set<std::uint32_t> seen_;
  std::vector<scoring::AuditRow> global_rows_;  // one per precursor pair or protein group
  std::vector<AuditCurve> of_one_run_;
};

// The next entries of a file, one after the other.
class EntryCursor {
 public:
  explicit EntryCursor(AuditEntryReader& reader) : reader_(reader) {}
  // Null at the end.
  Result<const AuditEntry*> next() {
    if (at_ == piece_.size()) {
      const auto rows = reader_.next(piece_);
      if (!rows) return std::unexpected(rows.error());
      at_ = 0;
    }
    return piece_.empty() ? nullptr : &piece_[at_++];
  }

 private:
  AuditEntryReader& reader_;
  std::vector<AuditEntry> piece_;
  std::size_t at_ = 0;
};

bool has_entrapments(const std::filesystem::path& results) {
  const report::PageJson manifest = report::json_of_file(results / "manifest.json");
  const auto place = report::PageJson::json_pointer("/library/entrapments");
  return manifest.is_object() && manifest.contains(place) && manifest[place] == true;
}

}  // namespace

Result<Audit> audit_entries(const std::filesystem::path& file, const AuditOptions& options) {
  auto reader = AuditEntryReader::open(file);
  if (!reader) return std::unexpected(reader.error());
  EntryCursor cursor(*reader);
  Audit audit;
  audit.resamples = options.resamples;
  for (const AuditLevel& level : reader->head().levels) {
    LevelAudit of_level(reader->head(), level, options);
    for (std::uint64_t row = 0; row < level.rows; ++row) {
      const auto entry = cursor.next();
      if (!entry) return std::unexpected(entry.error());
      if (*entry == nullptr || !of_level.add(**entry)) return damaged_entries(file);
    }
    of_level.finish(audit);
  }
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
  return audit_entries(file, options);
}

}  // namespace overland::audit
