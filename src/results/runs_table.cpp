#include "results/runs_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

#include "io/table/table.h"
#include "report/precursor_report.h"

namespace overland::results {
namespace {

std::string findings_text(const std::vector<run::Finding>& findings) {
  std::string text;
  for (const run::Finding& finding : findings)
    text += fmt::format("{}{}: {}.", text.empty() ? "" : " ", finding.code, finding.what);
  return text;
}

template <class T, class F>
std::vector<T> each_run(const std::vector<RunRow>& runs, F value) {
  std::vector<T> v;
  for (const RunRow& run : runs) v.push_back(static_cast<T>(value(run.models)));
  return v;
}

void add_mass_columns(io::Table& table, const std::vector<RunRow>& runs,
                      calibrate::MassErrorModel search::RunModels::* mass,
                      const std::string& prefix) {
  using M = const search::RunModels&;
  const auto numbers = [&](auto f) { return each_run<double>(runs, f); };
  const auto texts = [&](auto f) { return each_run<std::string>(runs, f); };
  table.add(prefix + "Method", texts([=](M m) { return to_text((m.*mass).method); }));
  table.add(prefix + "Source", texts([=](M m) { return to_text((m.*mass).source); }), "",
            "run, ms2, other runs (borrowed), or default");
  table.add(prefix + "Matches",
            each_run<std::uint64_t>(runs, [=](M m) { return (m.*mass).points; }), "",
            "that it was fitted to");
  table.add(prefix + "Offset", numbers([=](M m) { return (m.*mass).offset_at(m.first_minute); }),
            "ppm", "at the start of the run and usual m/z");
  table.add(prefix + "Drift", numbers([=](M m) {
              return (m.*mass).offset_at(m.last_minute) - (m.*mass).offset_at(m.first_minute);
            }),
            "ppm", "from the start to the end of the run");
  table.add(prefix + "Mz.Slope", numbers([=](M m) {
              return (m.*mass).offset_ppm_of_mz(1000) - (m.*mass).offset_ppm_of_mz(400);
            }),
            "ppm", "offset at 1,000 m/z less that at 400 m/z");
  table.add(prefix + "SD", numbers([=](M m) { return (m.*mass).sd_ppm; }), "ppm");
  table.add(prefix + "Tolerance.Low", numbers([=](M m) { return (m.*mass).tolerance.low; }), "ppm");
  table.add(prefix + "Tolerance", numbers([=](M m) { return (m.*mass).tolerance.high; }), "ppm",
            "upper limit");
  table.add(prefix + "Quality", numbers([=](M m) { return (m.*mass).quality; }), "",
            "share of the matches that are no background");
}

void add_model_columns(io::Table& table, const std::vector<RunRow>& runs) {
  using M = const search::RunModels&;
  const auto numbers = [&](auto f) { return each_run<double>(runs, f); };
  const auto texts = [&](auto f) { return each_run<std::string>(runs, f); };
  add_mass_columns(table, runs, &search::RunModels::mass, "Mass.");
  add_mass_columns(table, runs, &search::RunModels::ms1_mass, "MS1.Mass.");
  table.add("RT.Method", texts([](M m) { return to_text(m.rt.method); }));
  table.add("RT.Source", texts([](M m) { return to_text(m.rt.source); }), "",
            "run, other runs (borrowed), or default");
  table.add("RT.Residual.SD", numbers([](M m) { return m.rt.residual_sd; }), "iRT of the library");
  table.add("RT.Tolerance", numbers([](M m) { return m.rt.tolerance; }), "iRT of the library");
  table.add("RT.Quality", numbers([](M m) { return m.rt.quality; }), "",
            "share of the calibration precursors within the tolerance");
  table.add("NCE.Method", texts([](M m) { return to_text(m.energy.method); }));
  table.add("NCE.Source", texts([](M m) { return to_text(m.energy.source); }));
  table.add("NCE.Spectra", each_run<std::uint64_t>(runs, [](M m) { return m.energy.points; }));
  table.add("NCE", numbers([](M m) { return m.nce_of(500, 2); }), "NCE", "at 500 m/z and 2+");
  table.add("NCE.Per.Charge", numbers([](M m) { return m.energy.per_charge; }), "NCE");
  table.add("NCE.Per.Mz", numbers([](M m) { return m.energy.slope; }), "NCE/Th", "up to 500 m/z");
  table.add("NCE.Residual.SD", numbers([](M m) { return m.energy.quality; }), "NCE");
  table.add("Quad.Method", texts([](M m) { return to_text(m.quad.method); }), "",
            "fitted, or bell: half transmission at the nominal limits");
  table.add("Quad.Rows", each_run<std::uint64_t>(runs, [](M m) { return m.quad.rows; }), "",
            "fragment isotope ratios near an edge");
  table.add("Quad.Residual.SD", numbers([](M m) { return m.quad.residual_sd; }), "",
            "of ln ratios");
  table.add("Quad.Low.Offset", numbers([](M m) { return m.quad.low.offset_mz; }), "Th",
            "half transmission, outside of the low limit");
  table.add("Quad.High.Offset", numbers([](M m) { return m.quad.high.offset_mz; }), "Th",
            "half transmission, outside of the high limit");
  table.add("Quad.Low.Width", numbers([](M m) { return m.quad.low.width_mz; }), "Th",
            "transmission 0.9 to 0.1");
  table.add("Quad.High.Width", numbers([](M m) { return m.quad.high.width_mz; }), "Th",
            "transmission 0.9 to 0.1");
  table.add("Peak.Intensity", numbers([](M m) { return m.median_peak_intensity; }), "intensity",
            "median of the MS2 peaks; the unit of the Huber delta");
}

// NaN, which is written as null, if the program was built without counting of allocations.
void add_use(io::Table& table, const std::vector<RunRow>& runs, StageCost RunRow::* stage,
             const std::string& prefix) {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> count, peak;
  for (const RunRow& run : runs) {
    const StageCost& cost = run.*stage;
    count.push_back(cost.allocations > 0 ? static_cast<double>(cost.allocations) : kUnknown);
    peak.push_back(cost.allocations > 0 ? static_cast<double>(cost.allocated_bytes) : kUnknown);
  }
  table.add(prefix + "Allocations", std::move(count), "",
            "calls of operator new in the stage; counted by bench builds alone");
  table.add(prefix + "Peak.Memory", std::move(peak), "bytes",
            "held by the stage at most; counted by bench builds alone");
}

void add_chromatogram_columns(io::Table& table, const std::vector<RunRow>& runs) {
  std::vector<std::uint64_t> traces, points;
  for (const RunRow& run : runs) {
    traces.push_back(run.traces);
    points.push_back(run.trace_points);
  }
  table.add("Chromatogram.Traces", std::move(traces), "",
            "of passing precursors, one per window and for MS1");
  table.add("Chromatogram.Points", std::move(points), "", "8 bytes each");
  add_use(table, runs, &RunRow::chromatograms, "Chromatogram.");
  add_use(table, runs, &RunRow::integration, "Integration.");
}

}  // namespace

Result<void> write_small_tables_as_tsv(const std::filesystem::path& out) {
  for (const char* name : {"runs", "tic", "feature_importance", "audit"}) {
    const std::filesystem::path base = out / name;
    if (!std::filesystem::exists(base.string() + ".parquet")) continue;
    const auto table = io::read_parquet(base.string() + ".parquet");
    if (!table) return std::unexpected(table.error());
    if (auto done = io::write_tsv(*table, base.string() + ".tsv"); !done) return done;
  }
  return {};
}

Result<void> write_runs_table(const std::vector<RunRow>& runs, const std::filesystem::path& file) {
  const auto numbers = [&](auto value) {
    std::vector<double> v;
    for (const RunRow& run : runs) v.push_back(static_cast<double>(value(run)));
    return v;
  };
  const auto counts = [&](auto value) {
    std::vector<std::uint64_t> v;
    for (const RunRow& run : runs) v.push_back(value(run));
    return v;
  };
  const auto texts = [&](auto value) {
    std::vector<std::string> v;
    for (const RunRow& run : runs) v.push_back(value(run));
    return v;
  };
  using Run = const RunRow&;
  io::Table table;
  table.metadata["overland.schema_version"] = report::kReportSchemaVersion;
  table.add("Run", texts([](Run r) { return r.name; }));
  table.add("File", texts([](Run r) { return r.file; }));
  table.add("Status", texts([](Run r) { return std::string(r.error ? "failed" : "done"); }));
  table.add("Error", texts([](Run r) { return r.error ? r.error->message() : std::string(); }));
  table.add("Precursors", counts([](Run r) { return r.counts.targets; }), "",
            "targets at the report's q-value");
  table.add("Precursors.Matched", counts([](Run r) { return r.counts.matched; }), "",
            "targets beside them that were matched between runs");
  table.add("Decoys", counts([](Run r) { return r.counts.decoys; }), "",
            "decoys above the score of the last target");
  table.add("MS1.Scans", counts([](Run r) { return r.record.ms1_scans; }));
  table.add("MS2.Scans", counts([](Run r) { return r.record.ms2_scans; }));
  table.add("Windows", counts([](Run r) { return r.record.windows; }));
  if (std::ranges::any_of(runs, [](Run r) { return !r.record.conditions.empty(); }))
    table.add("Scan.Conditions",
              texts([](Run r) { return fmt::format("{}", fmt::join(r.record.conditions, "; ")); }),
              "", "compensation voltages and collision energies that are searched apart");
  table.add("Peaks", counts([](Run r) { return r.record.peaks; }));
  table.add("Peaks.Dropped", counts([](Run r) { return r.record.report.peaks_dropped; }));
  table.add("Scans.Skipped",
            counts([](Run r) { return r.record.report.scans_skipped() + r.record.scans_outside; }));
  table.add("Findings", texts([](Run r) { return findings_text(r.record.report.findings); }), "",
            "what the program assumes or doubts of the run; docs/checks.md explains the codes");
  table.add("Converter", texts([](Run r) { return r.record.converter; }), "",
            "program that converted a vendor file for this search");
  table.add("Cycle.Time", numbers([](Run r) { return r.models.cycle_minutes; }), "minutes");
  table.add("Calibration.Precursors", counts([](Run r) { return r.models.confident; }));
  table.add("Calibration.Precursors.Wide", counts([](Run r) { return r.models.confident_wide; }),
            "", "of the first, wide pass");
  add_model_columns(table, runs);
  add_chromatogram_columns(table, runs);
  return io::write_parquet(table, file);
}

}  // namespace overland::results
