#include "stages/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "base/atomic_file.h"
#include "io/table.h"
#include "report/precursor_report.h"
#include "stages/integrate.h"

namespace overland {
namespace {

// The time at which the run's model reaches `irt`, between two times, by bisection.
float rt_of_irt(const PiecewiseLinear& irt_of_rt, double irt, double low, double high) {
  for (int step = 0; step < 40; ++step) {
    const double middle = (low + high) / 2;
    (irt_of_rt(middle) < irt ? low : high) = middle;
  }
  return static_cast<float>((low + high) / 2);
}

std::string status_text(kernel::QuantityStatus status) {
  switch (status) {
    case kernel::QuantityStatus::ok:
      return "ok";
    case kernel::QuantityStatus::no_signal:
      return "no signal";
    case kernel::QuantityStatus::apex_lost:
      return "apex lost";
    case kernel::QuantityStatus::outside:
      return "outside of all windows";
  }
  return "";
}

ReportRow make_row(std::uint32_t run_index, const ScoredRow& scored, const Quantity& quantity,
                   const RawRun& raw, const RunModels& models, const LibraryView& library) {
  const auto& rt = raw.headers().rt_minutes;
  ReportRow row;
  row.precursor = scored.precursor;
  row.run = run_index;
  const bool is_ok = quantity.status == kernel::QuantityStatus::ok;
  row.rt = is_ok ? quantity.rt_minutes : scored.rt_minutes;
  row.rt_start = is_ok ? quantity.rt_start : scored.rt_start;
  row.rt_stop = is_ok ? quantity.rt_stop : scored.rt_stop;
  row.fwhm = quantity.fwhm_minutes;
  row.irt_observed = static_cast<float>(models.rt.irt_of_rt(static_cast<double>(row.rt)));
  row.predicted_rt =
      rt_of_irt(models.rt.irt_of_rt, static_cast<double>(library.irt[scored.precursor]),
                static_cast<double>(rt.front()), static_cast<double>(rt.back()));
  row.quantity = is_ok ? quantity.area : std::numeric_limits<double>::quiet_NaN();
  row.quantity_sd = is_ok ? quantity.sd : std::numeric_limits<double>::quiet_NaN();
  row.ms1_area = is_ok ? quantity.ms1_area : std::numeric_limits<double>::quiet_NaN();
  row.quantity_status = status_text(quantity.status);
  row.interference = quantity.interference;
  row.q_value = scored.q_value;
  row.global_q_value = scored.global_q_value;
  row.pep = scored.pep;
  row.score = scored.score;
  row.points = quantity.points;
  row.apex_scan = raw.headers().scan_number[is_ok ? quantity.apex_scan : scored.apex_scan];
  return row;
}

Result<void> add_rows_of_run(const SearchRun& run, std::uint32_t run_index,
                             const LibraryView& library, const SearchConfig& config,
                             std::vector<ReportRow>& rows) {
  const auto scores = read_scores(run.scores);
  if (!scores) return std::unexpected(scores.error());
  const auto quantities = read_quantities(run.quantities);
  if (!quantities) return std::unexpected(quantities.error());
  const auto raw = open_run(run.arrow);
  if (!raw) return std::unexpected(raw.error());
  const std::vector<ScoredRow> passing = passing_rows(*scores, library, config);
  for (std::size_t i = 0; i < passing.size(); ++i) {
    rows.push_back(make_row(run_index, passing[i], (*quantities)[i], *raw, run.models, library));
  }
  return {};
}

Result<void> write_both(const io::Table& table, const std::filesystem::path& out,
                        const std::string& name, bool also_tsv) {
  auto done = io::write_parquet(table, out / (name + ".parquet"));
  if (done && also_tsv) done = io::write_tsv(table, out / (name + ".tsv"));
  return done;
}

std::string filter_text(const SearchConfig& config) {
  return fmt::format("{} with Q.Value <= {} and Global.Q.Value <= {}",
                     config.report.decoys ? "targets and decoys" : "targets", config.report.q_value,
                     config.report.q_value);
}

}  // namespace

Result<ResultCounts> write_report(const std::vector<SearchRun>& runs, const LibraryView& library,
                                  const SearchConfig& config, const std::filesystem::path& out) {
  std::vector<ReportRow> rows;
  std::vector<std::string> names;
  for (const SearchRun& run : runs) {
    names.push_back(run.name);
    if (run.error) continue;
    const auto index = static_cast<std::uint32_t>(names.size() - 1);
    if (auto done = add_rows_of_run(run, index, library, config, rows); !done) {
      return std::unexpected(done.error());
    }
  }
  io::Table report = make_report(rows, library, names);
  report.metadata["overland.filter"] = filter_text(config);
  io::Table wide = make_wide(rows, library, names);
  wide.metadata["overland.filter"] = filter_text(config);
  auto done = write_both(report, out, "report", config.report.tsv);
  if (done) done = write_both(wide, out, "precursors_wide", config.report.tsv);
  if (!done) return std::unexpected(done.error());
  ResultCounts counts;
  std::set<std::uint32_t> distinct;
  for (const ReportRow& row : rows) {
    distinct.insert(row.precursor);
    counts.without_quantity += row.quantity_status == "ok" ? 0U : 1U;
  }
  counts.rows = rows.size();
  counts.precursors = distinct.size();
  return counts;
}

Result<void> write_runs_table(const std::vector<SearchRun>& runs,
                              const std::filesystem::path& file) {
  const auto numbers = [&](auto value) {
    std::vector<double> v;
    for (const SearchRun& run : runs) v.push_back(static_cast<double>(value(run)));
    return v;
  };
  const auto counts = [&](auto value) {
    std::vector<std::uint64_t> v;
    for (const SearchRun& run : runs) v.push_back(value(run));
    return v;
  };
  const auto texts = [&](auto value) {
    std::vector<std::string> v;
    for (const SearchRun& run : runs) v.push_back(value(run));
    return v;
  };
  using Run = const SearchRun&;
  io::Table table;
  table.metadata["overland.schema_version"] = kReportSchemaVersion;
  table.add("Run", texts([](Run r) { return r.name; }));
  table.add("File", texts([](Run r) { return r.file.filename().string(); }));
  table.add("Status", texts([](Run r) { return std::string(r.error ? "failed" : "done"); }));
  table.add("Error", texts([](Run r) { return r.error ? r.error->message() : std::string(); }));
  table.add("Precursors", counts([](Run r) { return r.targets; }), "",
            "targets at the report's q-value");
  table.add("Decoys", counts([](Run r) { return r.decoys; }), "",
            "decoys above the score of the last target");
  table.add("MS1.Scans", counts([](Run r) { return r.ms1_scans; }));
  table.add("MS2.Scans", counts([](Run r) { return r.ms2_scans; }));
  table.add("Windows", counts([](Run r) { return r.windows; }));
  table.add("Peaks", counts([](Run r) { return r.peaks; }));
  table.add("Peaks.Dropped", counts([](Run r) { return r.read_report.peaks_dropped; }));
  table.add("Scans.Skipped", counts([](Run r) {
              return r.read_report.scans_without_window + r.read_report.scans_other_order;
            }));
  table.add("Cycle.Time", numbers([](Run r) { return r.models.cycle_minutes; }), "minutes");
  table.add("Calibration.Precursors", counts([](Run r) { return r.models.confident; }));
  table.add("Mass.Method", texts([](Run r) { return r.models.mass.method; }));
  table.add("Mass.Offset", numbers([](Run r) { return r.models.mass.offset_at(0); }), "ppm",
            "at the start");
  table.add("Mass.SD", numbers([](Run r) { return r.models.mass.sd_ppm; }), "ppm");
  table.add("Mass.Tolerance", numbers([](Run r) { return r.models.mass.tolerance.high; }), "ppm");
  table.add("RT.Method", texts([](Run r) { return r.models.rt.method; }));
  table.add("RT.Residual.SD", numbers([](Run r) { return r.models.rt.residual_sd; }),
            "iRT of the library");
  table.add("RT.Tolerance", numbers([](Run r) { return r.models.rt.tolerance; }),
            "iRT of the library");
  return io::write_parquet(table, file);
}

Result<void> write_results_manifest(const std::vector<SearchRun>& runs, const Library& library,
                                    const SearchConfig& config, const std::filesystem::path& out) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["program"] = "overland " OVERLAND_VERSION;
  json["schema_version"] = kReportSchemaVersion;
  json["library"] = {{"source", library.provenance().source}, {"hash", library.content_hash()}};
  json["runs"] = Json::array();
  for (const SearchRun& run : runs) {
    json["runs"].push_back({{"name", run.name},
                            {"hash", run.content_hash},
                            {"status", run.error ? "failed" : "done"}});
  }
  const std::string filter = filter_text(config);
  json["tables"] = {
      {"report.parquet", {{"rows", "one per precursor and run"}, {"filter", filter}}},
      {"precursors_wide.parquet", {{"rows", "one per precursor"}, {"filter", filter}}},
      {"runs.parquet", {{"rows", "one per run"}, {"filter", "none"}}}};
  return write_text_atomically(out / "manifest.json", json.dump(2) + "\n");
}

}  // namespace overland
