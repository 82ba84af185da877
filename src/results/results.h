// The results folder: report tables, manifest.json, config.json.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/machine.h"
#include "library/library.h"
#include "params/search_config.h"
#include "results/reported_run.h"

namespace overland::results {

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

// Which rows are in report.parquet, and which are summarised in the tables of names.
[[nodiscard]] std::string filter_text(const params::ReportParameters& config);
[[nodiscard]] std::string quantified_text(const params::ReportParameters& config);

}  // namespace overland::results
