// The results folder: report tables, manifest.json, config.json.
#pragma once

#include <filesystem>
#include <vector>

#include "base/summary.h"
#include "library/library.h"
#include "stages/pipeline.h"
#include "stages/search_run.h"

namespace overland {

struct ResultCounts {
  std::size_t rows = 0;        // of report.parquet
  std::size_t precursors = 0;  // distinct
  std::size_t without_quantity = 0;
};

// report.parquet, precursors_wide.parquet and the tables of quantities over runs (and .tsv where
// configured).
[[nodiscard]] Result<ResultCounts> write_report(const std::vector<SearchRun>& runs,
                                                const LibraryView& library,
                                                const SearchConfig& config,
                                                const std::filesystem::path& out, int threads);

// NAME.calibration.svg of each run that did not fail.
[[nodiscard]] Result<void> write_plots(const std::vector<SearchRun>& runs,
                                       const std::filesystem::path& folder);

// .tsv beside the tables of the folder that write_report does not write as text (xic.parquet has
// none).
[[nodiscard]] Result<void> write_small_tables_as_tsv(const std::filesystem::path& out);

// Names each table, its schema version and the filter applied to it, inputs with hashes.
[[nodiscard]] Result<void> write_results_manifest(const std::vector<SearchRun>& runs,
                                                  const Library& library,
                                                  const SearchConfig& config,
                                                  const std::filesystem::path& out);

// Where the inputs were when the search ran: absolute paths, for `overland explain`.
[[nodiscard]] Result<void> write_input_paths(const SearchOptions& options,
                                             const std::vector<SearchRun>& runs,
                                             const std::filesystem::path& file);

// Time and memory of the stages, for report.html. Differs from search to search.
[[nodiscard]] Result<void> write_resources(const RunSummary& summary, int threads,
                                           const std::filesystem::path& file);

}  // namespace overland
