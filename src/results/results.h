// The results folder: report tables, manifest.json, config.json.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/machine.h"
#include "library/library.h"
#include "params/search_config.h"
#include "search/run_models.h"

namespace overland::results {

// A run that did not fail, with the files that its tables are made from.
struct ReportedRun {
  std::string name;
  std::filesystem::path run;             // its peaks
  std::filesystem::path scores;          // RunScores
  std::filesystem::path protein_groups;  // of all runs
  std::filesystem::path quantities;
  std::filesystem::path chromatograms;  // folder
  std::filesystem::path points;         // of the calibration
  search::RunModels models;
};

struct ResultCounts {
  std::size_t rows = 0;        // of report.parquet
  std::size_t precursors = 0;  // distinct
  std::size_t without_quantity = 0;
};

// report.parquet, precursors_wide.parquet and the tables of quantities over runs (and .tsv where
// configured).
// `names`: of all runs of the search, in its order.
[[nodiscard]] Result<ResultCounts> write_report(std::span<const ReportedRun> runs,
                                                const std::vector<std::string>& names,
                                                const library::LibraryView& library,
                                                const params::ReportParameters& config,
                                                const std::filesystem::path& out,
                                                const Machine& machine);

// NAME.calibration.svg of each run.
[[nodiscard]] Result<void> write_plots(std::span<const ReportedRun> runs,
                                       const std::filesystem::path& folder);

// .tsv beside the tables of the folder that write_report does not write as text (xic.parquet has
// none).
[[nodiscard]] Result<void> write_small_tables_as_tsv(const std::filesystem::path& out);

// Names each table, its schema version and the filter applied to it, inputs with hashes.
struct ManifestRun {
  std::string name, content_hash;
  bool has_failed = false;
};
[[nodiscard]] Result<void> write_results_manifest(const std::vector<ManifestRun>& runs,
                                                  const library::Library& library,
                                                  const params::ReportParameters& config,
                                                  const std::filesystem::path& out);

}  // namespace overland::results
