// What report.html shows, read from a results folder: tables and manifest of the search, and from
// work/ the calibration models and the use of time and memory. What is not there is left out, with
// a word in `leftOut`.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/error.h"
#include "report/conditions.h"
#include "report/html_page.h"
#include "report/report_rows.h"

namespace overland::report {

struct PageOptions {
  std::filesystem::path results;
  std::filesystem::path conditions;  // table of Run and Condition; empty: by run names
  bool is_served = false;            // chromatograms are asked of the server, not inlined
};

// Errors OVL-USE-040 (not the results of a search), OVL-IO-001, 003, OVL-IO-090 to 092.
[[nodiscard]] Result<PageJson> report_page_data(const PageOptions& options);

// The parts, each in a file of its own.
[[nodiscard]] PageJson page_histograms(const ReportRows& rows);
[[nodiscard]] PageJson page_run_details(const ReportRows& rows);
// Adds missing, cv, cvNote, ratios, pca, correlation.
void add_comparisons(const ReportRows& rows, const Conditions& conditions, PageJson& page);
// Of each run: every curve (an object with lists x and y) and every number of work/*tune/RUN's
// models, whatever their names: {"curves": [{name, x, y}], "values": {name: number}}.
[[nodiscard]] PageJson page_models(const std::filesystem::path& results,
                                   const std::vector<std::string>& runs);
// Of each run: {kind: {x: [], y: [], z: []}} of work/tune/RUN/points.parquet, thinned; null
// without.
[[nodiscard]] PageJson page_points(const std::filesystem::path& results,
                                   const std::vector<std::string>& runs);
// audit.json; the verdicts on single runs only where there are few of them. null without the file.
[[nodiscard]] PageJson page_audit(const std::filesystem::path& results, std::size_t runs);
// Curves of audit.parquet by level and scope, thinned; null without the file.
[[nodiscard]] PageJson page_audit_curves(const std::filesystem::path& results);
// Total ion current of each run by MS order, and what normalisation took off it; null without
// tic.parquet and normalisation.parquet.
[[nodiscard]] PageJson page_tic(const std::filesystem::path& results,
                                const std::vector<std::string>& runs);
[[nodiscard]] PageJson page_normalisation(const std::filesystem::path& results,
                                          const std::vector<std::string>& runs);
// The features that rescoring leans on most: {"names": [], "shares": []} in percent, of
// feature_importance.parquet; null without a row.
[[nodiscard]] PageJson page_importance(const std::filesystem::path& results);
// Time and memory of the stages when they were done, from their manifests; null without work/.
[[nodiscard]] PageJson page_resources(const std::filesystem::path& results);
// The file of each run by its name, where config.json of the search tells it.
[[nodiscard]] std::map<std::string, std::string> input_runs(const std::filesystem::path& results);
// null where the file is missing or no JSON.
[[nodiscard]] PageJson json_of_file(const std::filesystem::path& file);
// The chromatograms of the best precursors, up to a size; null where there is no xic.parquet.
[[nodiscard]] Result<PageJson> page_chromatograms(const std::filesystem::path& results,
                                                  const std::vector<std::string>& runs);

}  // namespace overland::report
