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

// Writes NAME.calibration.svg for each run.
[[nodiscard]] Result<void> write_plots(std::span<const ReportedRun> runs,
                                       const std::filesystem::path& folder);

// Writes the tables that write_report does not write as text also as .tsv, except for xic.parquet.
[[nodiscard]] Result<void> write_small_tables_as_tsv(const std::filesystem::path& out);

// manifest.json names each table with its filter, the schema version, and the inputs with their
// hashes.
struct ManifestRun {
  std::string name, content_hash;
  bool has_failed = false;
};
[[nodiscard]] Result<void> write_results_manifest(const std::vector<ManifestRun>& runs,
                                                  const library::Library& library,
                                                  const params::ReportParameters& config,
                                                  const std::filesystem::path& out);

// Texts that state which rows are in report.parquet, and which rows the tables of protein groups,
// genes and peptides summarise.
[[nodiscard]] std::string filter_text(const params::ReportParameters& config);
[[nodiscard]] std::string quantified_text(const params::ReportParameters& config);

}  // namespace overland::results
