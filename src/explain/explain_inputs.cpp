#include "explain/explain_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/nearest_name.h"
#include "io/table/table.h"
#include "params/results_folder.h"
#include "run/run_record.h"
#include "stages/catalogue.h"

namespace overland::explain {
namespace {

namespace fs = std::filesystem;

Result<void> check_run(const fs::path& results, const std::string& run) {
  const auto table = io::read_parquet(results / "runs.parquet", {{"Run", "Status", "Error"}});
  if (!table) return std::unexpected(table.error());
  const auto names = table->column<std::string>("Run");
  if (!names) return std::unexpected(names.error());
  const auto found = std::find((*names)->begin(), (*names)->end(), run);
  if (found == (*names)->end())
    return fail("OVL-USE-042", fmt::format("the search has no run '{}'", run), results.string(),
                fmt::format("Did you mean '{}'? runs.parquet lists the names.",
                            nearest_name(run, **names)));
  const auto status = table->column<std::string>("Status");
  const auto error = table->column<std::string>("Error");
  const auto at = static_cast<std::size_t>(found - (*names)->begin());
  if (status && error && (**status)[at] == "failed")
    return fail("OVL-USE-043", fmt::format("the run '{}' failed: {}", run, (**error)[at]),
                results.string(), "Search this run successfully first.");
  return {};
}

std::unexpected<Error> incomplete(const fs::path& file) {
  return fail("OVL-IO-094", "a file of the search is missing", file.string(),
              "Run the same search command again; it writes the missing files.");
}

// The library of the search's last round, from its recorded path or from the path that the user
// gave.
Result<library::Library> find_library(const ExplainOptions& options,
                                      const stages::SearchPlan& plan) {
  const fs::path file = plan.folder().path_of(stages::final_library(plan));
  if (!fs::exists(file)) return incomplete(file);
  const auto record = stages::read_library_record(file);
  if (!record) return std::unexpected(record.error());
  const stages::OpenLibraries libraries(plan);
  const fs::path folder = options.library.empty() ? libraries.path_of(*record) : options.library;
  auto library = library::Library::open(folder);
  if (library && record->shares_times) library->share_times();
  if (library && library->content_hash() == record->hash) return library;
  return fail("OVL-IO-093", "the library of this search was not found", folder.string(),
              "Give its path with --library; its content must be unchanged since the search.");
}

Result<run::RawRun> find_run(const stages::SearchPlan& plan, const stages::RunInput& run,
                             const Machine& machine) {
  const fs::path converted = plan.folder().path_of(params::kConvertedRun, run.name);
  return run::open_run(run::is_converted(run.file) ? converted : run.file, machine);
}

Result<std::vector<ReportedRow>> reported_rows(const fs::path& file, const std::string& id) {
  const auto table = io::read_parquet(
      file, {{"Run", "Precursor.Id", "RT", "RT.Start", "RT.Stop", "Precursor.Quantity",
              "Quantity.Status", "Interference", "Points", "Q.Value", "Global.Q.Value"}});
  if (!table) return std::unexpected(table.error());
  const auto ids = table->column<std::string>("Precursor.Id");
  if (!ids) return std::unexpected(ids.error());
  const auto number = [&]<class T>(const char* name, std::size_t i, T) {
    const auto column = table->column<T>(name);
    return column ? static_cast<double>((**column)[i]) : std::numeric_limits<double>::quiet_NaN();
  };
  const auto text = [&](const char* name, std::size_t i) {
    const auto column = table->column<std::string>(name);
    return column ? (**column)[i] : std::string();
  };
  std::vector<ReportedRow> rows;
  for (std::size_t i = 0; i < (*ids)->size(); ++i) {
    if ((**ids)[i] != id) continue;
    rows.push_back({.run = text("Run", i),
                    .rt = number("RT", i, 0.0F),
                    .rt_start = number("RT.Start", i, 0.0F),
                    .rt_stop = number("RT.Stop", i, 0.0F),
                    .quantity = number("Precursor.Quantity", i, 0.0),
                    .interference = number("Interference", i, 0.0F),
                    .points = number("Points", i, std::uint32_t{0}),
                    .q_value = number("Q.Value", i, 0.0),
                    .global_q_value = number("Global.Q.Value", i, 0.0),
                    .status = text("Quantity.Status", i)});
  }
  return rows;
}

}  // namespace

Result<WantedPrecursor> parse_precursor(const std::string& text) {
  const std::size_t last = text.find_last_not_of("0123456789");
  const bool has_charge = last != std::string::npos && last + 1 < text.size() &&
                          text.size() - last <= 3 && text[last] != '(' && text[last] != ':';
  if (!has_charge)
    return fail("OVL-USE-041", fmt::format("'{}' has no charge", text), "",
                "Write PEPTIDE/2, or the Precursor.Id of the report.");
  const std::string sequence = text.substr(0, text[last] == '/' ? last : last + 1);
  const auto peptide = parse_peptide(sequence);
  if (!peptide) return std::unexpected(peptide.error());
  return WantedPrecursor{.sequence = to_unimod_notation(*peptide),
                         .charge = std::stoi(text.substr(last + 1))};
}

Result<ExplainInputs> open_explain_inputs(const ExplainOptions& options,
                                          const WantedPrecursor& wanted) {
  const fs::path& results = options.results;
  if (!fs::exists(results / "report.parquet") || !fs::exists(results / "runs.parquet"))
    return fail("OVL-USE-040", "this is not the results folder of a search", results.string(),
                "Give the folder named by --out; it contains report.parquet and runs.parquet.");
  if (auto done = check_run(results, options.run); !done) return std::unexpected(done.error());
  auto search = stages::read_search_file(results);
  if (!search) return std::unexpected(search.error());
  const auto plan = stages::plan_search(*search);
  if (!plan) return std::unexpected(plan.error());
  const auto input = std::ranges::find(plan->runs, options.run, &stages::RunInput::name);
  if (input == plan->runs.end()) return incomplete(plan->folder().config());
  auto library = find_library(options, *plan);
  if (!library) return std::unexpected(library.error());
  const params::ResultsFolder folder = plan->folder();
  const fs::path models_file = folder.path_of(params::kModels, options.run);
  const fs::path psms_file = folder.path_of(params::kPeakGroups, options.run);
  const fs::path scores_file = folder.path_of(stages::final_scores(*plan), options.run);
  for (const fs::path& file : {models_file, psms_file, scores_file})
    if (!fs::exists(file)) return incomplete(file);
  auto run = find_run(*plan, *input, options.machine);
  if (!run) return std::unexpected(run.error());
  auto models = search::read_run_models(models_file);
  if (!models) return std::unexpected(models.error());
  const search::RowBounds bounds{.precursors = library->view().precursor_count(),
                                 .scans = run->scan_count()};
  auto psms = search::read_psms(psms_file, bounds);
  if (!psms) return std::unexpected(psms.error());
  auto scores = identify::read_scores(scores_file, bounds);
  if (!scores) return std::unexpected(scores.error());
  auto reported = reported_rows(results / "report.parquet", wanted.id());
  if (!reported) return std::unexpected(reported.error());
  return ExplainInputs{.search = params::SecondPassParameters::of(plan->options.config),
                       .report_q_value = plan->options.config.report.q_value,
                       .library = std::move(*library),
                       .run = std::move(*run),
                       .models = std::move(*models),
                       .psms = std::move(*psms),
                       .scores = std::move(*scores),
                       .reported = std::move(*reported)};
}

}  // namespace overland::explain
