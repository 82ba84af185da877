#include "stages/explain_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/nearest_name.h"
#include "io/table.h"
#include "report/page_data.h"

namespace overland {
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
                results.string(), "Search it first.");
  return {};
}

Result<SearchConfig> read_config(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  SearchConfig config;
  ConfigSchema schema = search_schema(config);
  if (auto done = schema.apply_json(text.view(), file.string()); !done)
    return std::unexpected(done.error());
  return config;
}

// Folders that may be the library of the search, likeliest first.
std::vector<fs::path> library_candidates(const ExplainOptions& options, const PageJson& inputs) {
  std::vector<fs::path> folders;
  if (!options.library.empty()) folders.push_back(options.library);
  if (inputs.is_object() && inputs.contains("library") && inputs["library"].is_string())
    folders.emplace_back(inputs["library"].get<std::string>());
  std::error_code ignored;
  for (fs::recursive_directory_iterator it(options.results, ignored), end; !ignored && it != end;
       it.increment(ignored))
    if (it->is_directory(ignored) && it->path().extension() == ".lib")
      folders.push_back(it->path());
  return folders;
}

Result<Library> find_library(const ExplainOptions& options, const PageJson& inputs) {
  const PageJson manifest = json_of_file(options.results / "manifest.json");
  const auto place = PageJson::json_pointer("/library/hash");
  const std::string hash =
      manifest.is_object() && manifest.contains(place) ? manifest[place].get<std::string>() : "";
  for (const fs::path& folder : library_candidates(options, inputs)) {
    auto library = Library::open(folder);
    if (!library) continue;
    if (library->content_hash() == hash) return library;
    library->share_times();
    if (library->content_hash() == hash) return library;
  }
  return fail("OVL-IO-093", "the library of this search was not found", options.results.string(),
              "Give it with --library; it must be the same as then.");
}

Result<RawRun> find_run(const ExplainOptions& options, const PageJson& inputs) {
  const fs::path converted = options.results / "work" / "read" / options.run / "run.arrow";
  if (fs::exists(converted)) return open_run(converted, options.threads);
  const auto place = PageJson::json_pointer("/runs") / options.run;
  if (inputs.is_object() && inputs.contains(place) && inputs[place].is_string())
    return open_run(inputs[place].get<std::string>(), options.threads);
  return fail("OVL-IO-094", "work/ of the results folder does not say where the run is",
              options.results.string(),
              "Give the same search command again; it makes what is missing.");
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

std::unexpected<Error> incomplete(const fs::path& file) {
  return fail("OVL-IO-094", "a file of the search is missing", file.string(),
              "Give the same search command again; it makes what is missing.");
}

}  // namespace

Result<WantedPrecursor> parse_precursor(const std::string& text) {
  const std::size_t last = text.find_last_not_of("0123456789");
  const bool has_charge = last != std::string::npos && last + 1 < text.size() &&
                          text.size() - last <= 3 && text[last] != '(' && text[last] != ':';
  if (!has_charge)
    return fail("OVL-USE-041", fmt::format("'{}' names no charge", text), "",
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
                "Give the folder that --out named; it holds report.parquet and runs.parquet.");
  if (auto done = check_run(results, options.run); !done) return std::unexpected(done.error());
  auto config = read_config(results / "config.json");
  if (!config) return std::unexpected(config.error());
  const PageJson inputs = json_of_file(results / "work" / "inputs.json");
  auto library = find_library(options, inputs);
  if (!library) return std::unexpected(library.error());
  auto run = find_run(options, inputs);
  if (!run) return std::unexpected(run.error());
  const fs::path models_file = results / "work" / "tune" / options.run / "models.json";
  const fs::path psms_file = results / "work" / "second_pass" / options.run / "psms.arrow";
  const fs::path matched_file = results / "work" / "transfer" / (options.run + ".arrow");
  const bool has_transfers = config->transfer.enabled && fs::exists(matched_file);
  const fs::path scores_file =
      has_transfers ? matched_file : results / "work" / "score" / (options.run + ".arrow");
  for (const fs::path& file : {models_file, psms_file, scores_file})
    if (!fs::exists(file)) return incomplete(file);
  auto models = read_run_models(models_file);
  if (!models) return std::unexpected(models.error());
  auto psms = read_psms(psms_file);
  if (!psms) return std::unexpected(psms.error());
  auto scores = read_scores(scores_file);
  if (!scores) return std::unexpected(scores.error());
  auto reported = reported_rows(results / "report.parquet", wanted.id());
  if (!reported) return std::unexpected(reported.error());
  return ExplainInputs{.config = std::move(*config),
                       .library = std::move(*library),
                       .run = std::move(*run),
                       .models = std::move(*models),
                       .psms = std::move(*psms),
                       .scores = std::move(*scores),
                       .reported = std::move(*reported)};
}

}  // namespace overland
