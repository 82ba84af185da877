#include "exchange/results/search_results.h"

#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "report/page_data.h"

namespace overland::exchange {
namespace {

namespace fs = std::filesystem;

constexpr const char* kText[] = {
    "Run",         "Precursor.Id", "Modified.Sequence", "Stripped.Sequence", "Protein.Group",
    "Protein.Ids", "Genes"};

// Absolute paths if config.json lists the files, otherwise the paths of runs.parquet.
std::vector<std::string> run_files(const fs::path& folder, const io::Table& runs,
                                   const std::vector<std::string>& names) {
  std::vector<std::string> files = names;
  if (const auto column = runs.column<std::string>("File"); column) files = **column;
  const std::map<std::string, std::string> known = report::input_runs(folder);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (const auto found = known.find(names[i]); found != known.end()) files[i] = found->second;
  }
  return files;
}

std::unexpected<Error> lacks(const std::string& what, const fs::path& file) {
  return fail("OVL-IO-090", what, file.string(),
              "Give the results folder of a search of this version.");
}

Result<void> read_report(SearchResults& results) {
  const fs::path file = results.folder / "report.parquet";
  auto report = io::read_parquet(file);
  if (!report) return std::unexpected(report.error());
  results.report = std::move(*report);
  for (const char* name : kText)
    if (!results.report.column<std::string>(name))
      return lacks(std::string("there is no column ") + name, file);
  std::unordered_map<std::string, std::uint32_t> index;
  for (std::uint32_t i = 0; i < results.runs.size(); ++i) index[results.runs[i]] = i;
  for (const std::string& run : results.text("Run")) {
    const auto found = index.find(run);
    if (found == index.end()) return lacks("runs.parquet has no run '" + run + "'", file);
    results.run_of_row.push_back(found->second);
  }
  return {};
}

}  // namespace

const std::vector<std::string>& SearchResults::text(const std::string& name) const {
  const auto column = report.column<std::string>(name);
  if (!column) std::abort();  // open_search_results has checked the columns
  return **column;
}

std::vector<double> numbers_of(const io::Table& table, const std::string& name) {
  std::vector<double> numbers(table.row_count(), std::numeric_limits<double>::quiet_NaN());
  for (const io::Column& column : table.columns()) {
    if (column.name != name) continue;
    std::visit(
        [&]<class T>(const std::vector<T>& values) {
          if constexpr (!std::is_same_v<T, std::string>)
            for (std::size_t i = 0; i < values.size(); ++i)
              numbers[i] = static_cast<double>(values[i]);
        },
        column.values);
  }
  return numbers;
}

std::vector<double> SearchResults::numbers(const std::string& name) const {
  return numbers_of(report, name);
}

std::vector<bool> SearchResults::is_decoy() const {
  std::vector<bool> decoy;
  for (const double value : numbers("Decoy")) decoy.push_back(value > 0);
  return decoy;
}

std::vector<std::string> SearchResults::condition_of_run() const {
  std::vector<std::string> names;
  for (std::size_t run = 0; run < runs.size(); ++run) {
    const int condition = conditions.of_run[run];
    names.push_back(condition < 0 ? runs[run]
                                  : conditions.names[static_cast<std::size_t>(condition)]);
  }
  return names;
}

Result<SearchResults> open_search_results(const fs::path& folder, const fs::path& conditions) {
  if (!fs::exists(folder / "report.parquet") || !fs::exists(folder / "runs.parquet"))
    return fail("OVL-USE-040", "this is not the results folder of a search", folder.string(),
                "Give the folder of --out, which holds report.parquet and runs.parquet.");
  const auto runs = io::read_parquet(folder / "runs.parquet");
  if (!runs) return std::unexpected(runs.error());
  const auto names = runs->column<std::string>("Run");
  if (!names) return lacks("there is no column Run", folder / "runs.parquet");
  SearchResults results;
  results.folder = folder;
  results.runs = **names;
  results.files = run_files(folder, *runs, results.runs);
  if (conditions.empty()) {
    results.conditions = report::conditions_by_name(results.runs);
  } else {
    auto read = report::read_conditions(conditions, results.runs);
    if (!read) return std::unexpected(read.error());
    results.conditions = std::move(*read);
  }
  const report::PageJson manifest = report::json_of_file(folder / "manifest.json");
  results.program = manifest.is_object() ? manifest.value("program", "overland") : "overland";
  if (auto done = read_report(results); !done) return std::unexpected(done.error());
  if (const auto filter = results.report.metadata.find("overland.filter");
      filter != results.report.metadata.end())
    results.filter = filter->second;
  return results;
}

}  // namespace overland::exchange
