// report, page.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/files/atomic_file.h"
#include "base/shared_text.h"
#include "exchange/results/exports.h"
#include "identify/accepted.h"
#include "io/table/mapped_columns.h"
#include "quantify/trace_file.h"
#include "report/report_page.h"
#include "results/chromatogram_table.h"
#include "results/report_tables.h"
#include "results/results.h"
#include "results/runs_table.h"
#include "stages/search_audit.h"
#include "stages/stage_work.h"

namespace overland::stages {
namespace {

namespace fs = std::filesystem;

Result<void> copy_output(const fs::path& from, const fs::path& to) {
  std::error_code failed;
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, failed);
  if (!failed) return {};
  return fail("OVL-IO-002", "cannot copy " + from.string() + ": " + failed.message(), to.string(),
              "Check that the place is writable.");
}

Result<std::vector<results::ReportedRun>> reported_runs(const StageJob& job) {
  std::vector<results::ReportedRun> runs;
  for (const RunInput& run : job.runs()) {
    auto models = search::read_run_models(job.input(params::kModels, run.name));
    if (!models) return std::unexpected(models.error());
    runs.push_back({.name = run.name,
                    .run = job.peaks_file(run),
                    .scores = job.accepted_scores(run.name),
                    .protein_groups = job.input(params::kProteinGroups),
                    .quantities = job.input(params::kQuantities, run.name),
                    .chromatograms = job.input(params::kTraces, run.name).parent_path(),
                    .points = job.input(params::kCalibrationPoints, run.name),
                    .models = std::move(*models)});
  }
  return runs;
}

Result<std::uint64_t> rows_of(const fs::path& file) {
  const auto columns = io::MappedColumns::open(file);
  if (!columns) return std::unexpected(columns.error());
  return columns->row_count();
}

StageCost cost_of(const StageJob& job, const params::Artefact& output, const std::string& run) {
  const auto manifest = job.store().manifest(
      {.stage = std::string(output.stage), .run = run, .inputs = {}, .parameters_hash = ""});
  return manifest ? manifest->cost : StageCost{};
}

// What runs.parquet says of a run that did not fail.
Result<void> describe(const StageJob& job, const results::ReportedRun& run,
                      const library::LibraryView& library, double q_value, results::RunRow& row) {
  auto record = run::read_run_record(job.input(params::kRunRecord, run.name));
  if (!record) return std::unexpected(record.error());
  row.record = std::move(*record);
  row.models = run.models;
  const auto scores = identify::read_scores(run.scores, {.precursors = library.precursor_count()});
  if (!scores) return std::unexpected(scores.error());
  row.counts = identify::count_accepted(*scores, library, q_value);
  const auto traces = rows_of(job.input(params::kTraces, run.name));
  if (!traces) return std::unexpected(traces.error());
  const auto points = rows_of(job.input(params::kTracePoints, run.name));
  if (!points) return std::unexpected(points.error());
  row.traces = *traces;
  row.trace_points = *points;
  row.chromatograms = cost_of(job, params::kTraces, run.name);
  row.integration = cost_of(job, params::kQuantities, run.name);
  return {};
}

// Tables are passed on: the error of a run names its file, and not the folder of the file.
Error shared_error(const Error& error, const StageJob& job) {
  std::vector<fs::path> files{job.folder().root()};
  for (const RunInput& run : job.all_runs()) files.push_back(run.file);
  const std::vector<std::string> folders = folders_of(files);
  return {error.code, without_folders(error.what, folders), without_folders(error.where, folders),
          error.advice};
}

// Of all runs of the search, in its order.
Result<std::vector<results::RunRow>> run_rows(const StageJob& job,
                                              std::span<const results::ReportedRun> done,
                                              const library::LibraryView& library, double q_value) {
  std::vector<results::RunRow> rows;
  for (const RunInput& run : job.all_runs()) {
    results::RunRow& row = rows.emplace_back();
    row.name = run.name;
    row.file = run.file.filename().string();
    const auto failure = std::ranges::find(job.failures(), run.name, &RunFailure::run);
    if (failure != job.failures().end()) {
      row.error = shared_error(failure->error, job);
      if (auto record = run::read_run_record(job.input(params::kRunRecord, run.name)))
        row.record = *record;
      continue;
    }
    const auto reported = std::ranges::find(done, run.name, &results::ReportedRun::name);
    if (auto ok = describe(job, *reported, library, q_value, row); !ok)
      return std::unexpected(ok.error());
  }
  return rows;
}

std::vector<results::ManifestRun> manifest_runs(std::span<const results::RunRow> rows) {
  std::vector<results::ManifestRun> runs;
  for (const results::RunRow& row : rows)
    runs.push_back({row.name, row.record.content_hash, row.error.has_value()});
  return runs;
}

// Nothing was identified: what was tried, what the data look like, what to change.
void diagnose(const StageJob& job, std::span<const results::RunRow> rows, double q_value) {
  for (const results::RunRow& run : rows) {
    if (run.error) continue;
    job.machine().warning(
        "{}: no precursor at q <= {}. {} MS2 scans in {} windows, {:.0f} peaks a scan; {} "
        "confident "
        "precursors for calibration, fragment tolerance {:.1f} ppm, retention-time model '{}'. "
        "Check that the library's peptides, m/z range and modifications fit the sample; try "
        "--set first_pass.tolerance_ppm=40 if the instrument is off calibration.",
        run.name, q_value, run.record.ms2_scans, run.record.windows,
        static_cast<double>(run.record.peaks) /
            static_cast<double>(std::max<std::uint64_t>(run.record.ms2_scans, 1)),
        run.models.confident, run.models.mass.tolerance.high, to_text(run.models.rt.method));
  }
}

// The tables that this search writes, and those that an earlier one left and this one does not.
std::vector<fs::path> tables_in(const fs::path& out) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(out)) {
    const fs::path extension = entry.path().extension();
    if (extension == ".parquet" || extension == ".tsv") files.push_back(entry.path());
  }
  for (const char* name : {"manifest.json", "audit.json"})
    if (fs::exists(out / name)) files.push_back(out / name);
  std::ranges::sort(files);
  return files;
}

Result<results::ResultCounts> write_all(const StageJob& job,
                                        const params::ReportParameters& parameters,
                                        const library::Library& library,
                                        std::span<const results::ReportedRun> runs,
                                        const std::vector<results::RunRow>& rows) {
  const fs::path out = job.folder().root();
  std::vector<std::string> names;
  for (const results::RunRow& row : rows) names.push_back(row.name);
  const library::LibraryView view = library.view();
  const auto counts = results::write_report({.runs = runs,
                                             .names = names,
                                             .library = view,
                                             .config = parameters,
                                             .out = out,
                                             .machine = job.machine()});
  if (!counts) return counts;
  Result<void> done;
  std::error_code ignored;
  fs::remove(out / "xic.parquet", ignored);  // of an earlier search
  if (parameters.report.xic)
    done = results::write_chromatogram_table({runs, view, parameters, job.machine()},
                                             out / "xic.parquet");
  if (done) done = results::write_runs_table(rows, out / "runs.parquet");
  if (done) done = results::write_plots(runs, out / "plots");
  if (done) done = write_search_audit(runs, view, out, job.machine());
  if (done)
    done = copy_output(job.input(params::kFeatureImportance), out / "feature_importance.parquet");
  if (done && parameters.report.tsv) done = results::write_small_tables_as_tsv(out);
  if (done) done = results::write_results_manifest(manifest_runs(rows), library, parameters, out);
  if (!done) return std::unexpected(done.error());
  return counts;
}

Result<void> write_pioneer_tables(const fs::path& out) {
  const auto results = exchange::open_search_results(out, {});
  if (!results) return std::unexpected(results.error());
  return exchange::export_pioneer(*results, out / "pioneer");
}

}  // namespace

Result<InputHashes> report_inputs(const StageJob& job, bool pioneer_tables) {
  InputHashes inputs{{"pioneer tables", pioneer_tables ? "yes" : "no"}};
  std::string names;
  for (const RunInput& run : job.all_runs())
    names += run.name + "\n" + run.file.filename().string() + "\n";
  inputs["names of runs"] = hash_text(names);
  for (const RunFailure& failure : job.failures())
    inputs["failure: " + failure.run] = hash_text(failure.error.message());
  return inputs;
}

StageResult write_tables(const StageJob& job, const params::ReportParameters& parameters,
                         bool pioneer_tables) {
  const auto library = job.library();
  if (!library) return std::unexpected(library.error());
  const auto runs = reported_runs(job);
  if (!runs) return std::unexpected(runs.error());
  const auto rows = run_rows(job, *runs, (*library)->view(), parameters.report.q_value);
  if (!rows) return std::unexpected(rows.error());
  const auto counts = write_all(job, parameters, **library, *runs, *rows);
  if (!counts) return std::unexpected(counts.error());
  const fs::path out = job.folder().root();
  if (pioneer_tables) {
    if (auto done = write_pioneer_tables(out); !done) return std::unexpected(done.error());
  }
  if (counts->rows == 0) diagnose(job, *rows, parameters.report.q_value);
  const nlohmann::ordered_json record = {{"rows", counts->rows},
                                         {"precursors", counts->precursors},
                                         {"without_quantity", counts->without_quantity}};
  if (auto done = write_text_atomically(job.output(params::kReportRecord), record.dump(1) + "\n");
      !done)
    return std::unexpected(done.error());
  StageOutputs outputs{tables_in(out),
                       fmt::format("{} rows, {} precursors", counts->rows, counts->precursors)};
  outputs.files.push_back(job.output(params::kReportRecord));
  return outputs;
}

// A page that cannot be drawn fails no search.
StageResult write_page(const StageJob& job) {
  report::PageOptions page;
  page.results = job.folder().root();
  if (const auto drawn = report::write_report_page(page); !drawn) {
    job.machine().warning("report.html was not written: {}", drawn.error().message());
    return StageOutputs{};
  }
  return StageOutputs{{job.folder().root() / "report.html"}};
}

}  // namespace overland::stages
