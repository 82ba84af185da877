// Consensus limits and the result tables alone, on the stages' files of a search:
// bench/reporting.py runs it.
//
//   reporting LIBRARY.lib RESULTS OUT THREADS COUNT RUN...
//
// RESULTS: a results folder; its runs stand for COUNT runs, in turn and under different names.
// A RUN is its Arrow file. Writes into OUT; prints seconds, CPU seconds and peak memory as JSON.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <string>

#include "params/results_folder.h"
#include "quantify/consensus_limits.h"
#include "results/report_tables.h"

namespace {

using namespace overland;
namespace fs = std::filesystem;

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

Result<overland::results::ReportedRun> reported(const overland::params::ResultsFolder& results,
                                                const fs::path& run) {
  const std::string name = run.stem().string();
  const fs::path matched = results.path_of(overland::params::kMatchedScores, name);
  auto models = overland::search::read_run_models(results.path_of(overland::params::kModels, name));
  if (!models) return std::unexpected(models.error());
  return overland::results::ReportedRun{
      .name = name,
      .run = run,
      .scores = fs::exists(matched) ? matched : results.path_of(overland::params::kScores, name),
      .protein_groups = results.path_of(overland::params::kProteinGroups),
      .quantities = results.path_of(overland::params::kQuantities, name),
      .chromatograms = {},
      .points = {},
      .models = std::move(*models)};
}

Result<overland::results::ResultCounts> report(char** arguments, std::size_t given, char** files) {
  const auto library = overland::library::Library::open(arguments[1]);
  if (!library) return std::unexpected(library.error());
  std::vector<overland::results::ReportedRun> runs;
  std::vector<std::string> names;
  std::vector<fs::path> quantities;
  std::vector<double> widths;
  for (std::size_t i = 0; i < static_cast<std::size_t>(std::atoi(arguments[5])); ++i) {
    auto run = reported(overland::params::ResultsFolder(arguments[2]), files[i % given]);
    if (!run) return std::unexpected(run.error());
    const auto rows = overland::quantify::read_quantities(
        run->quantities, {.precursors = library->view().precursor_count()});
    if (!rows) return std::unexpected(rows.error());
    names.push_back(fmt::format("run{:04d}", i));
    run->name = names.back();
    quantities.push_back(run->quantities);
    widths.push_back(overland::quantify::median_width(*rows));
    runs.push_back(std::move(*run));
  }
  const auto limits = overland::quantify::consensus_limits({quantities, widths, arguments[3]});
  if (!limits) return std::unexpected(limits.error());
  const overland::params::ReportParameters config;
  return overland::results::write_report({.runs = runs,
                                          .names = names,
                                          .library = library->view(),
                                          .config = config,
                                          .out = arguments[3],
                                          .machine = std::atoi(arguments[4])});
}

int measure(int count, char** arguments) {
  if (count < 7) return 2;
  const auto start = std::chrono::steady_clock::now();
  const auto counts = report(arguments, static_cast<std::size_t>(count) - 6, arguments + 6);
  if (!counts) {
    fmt::print(stderr, "{}\n", counts.error().message());
    return 1;
  }
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  fmt::print("{{\"rows\": {}, \"wall\": {:.2f}, \"cpu\": {:.2f}, \"peak_mb\": {}}}\n", counts->rows,
             std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
             seconds(use.ru_utime) + seconds(use.ru_stime), use.ru_maxrss / 1024);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  return measure(count, arguments);
}
