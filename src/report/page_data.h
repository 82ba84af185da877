// Data of report.html, read from a results folder: the tables and manifest of the search, and from
// work/ the calibration models and the use of time and memory. Parts without data are omitted and
// listed with the reason in `leftOut`.
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
  bool is_served = false;            // chromatograms are requested from the server, not embedded
};

// Errors OVL-USE-040 (not the results of a search), OVL-IO-001, 003, OVL-IO-090 to 092.
[[nodiscard]] Result<PageJson> report_page_data(const PageOptions& options);

// The parts of the page.
[[nodiscard]] PageJson page_histograms(const ReportRows& rows);
[[nodiscard]] PageJson page_run_details(const ReportRows& rows);
// Adds missing, cv, cvNote, ratios, pca, correlation.
void add_comparisons(const ReportRows& rows, const Conditions& conditions, PageJson& page);
// Calibration models of each run: every curve (an object with lists x and y) and every number of
// the files, under the names in the files: {"curves": [{name, x, y}], "values": {name: number}}.
[[nodiscard]] PageJson page_models(const std::filesystem::path& results,
                                   const std::vector<std::string>& runs);
// Calibration points of each run: {kind: {x: [], y: [], z: []}} from work/tune/RUN/points.parquet,
// thinned; null without the file.
[[nodiscard]] PageJson page_points(const std::filesystem::path& results,
                                   const std::vector<std::string>& runs);
// audit.json, with verdicts on single runs only if there are few runs; null without the file.
[[nodiscard]] PageJson page_audit(const std::filesystem::path& results, std::size_t runs);
// Curves of audit.parquet by level and scope, thinned; null without the file.
[[nodiscard]] PageJson page_audit_curves(const std::filesystem::path& results);
// Total ion current of each run by MS level (null without tic.parquet), and the normalisation
// curves (null without normalisation.parquet).
[[nodiscard]] PageJson page_tic(const std::filesystem::path& results,
                                const std::vector<std::string>& runs);
[[nodiscard]] PageJson page_normalisation(const std::filesystem::path& results,
                                          const std::vector<std::string>& runs);
// The most important features of rescoring: {"names": [], "shares": []} in percent, from
// feature_importance.parquet; null if it has no rows.
[[nodiscard]] PageJson page_importance(const std::filesystem::path& results);
// Time and memory of the stages, from their manifests; null without work/.
[[nodiscard]] PageJson page_resources(const std::filesystem::path& results);
// Input file of each run by the run's name, as far as config.json of the search names it.
[[nodiscard]] std::map<std::string, std::string> input_runs(const std::filesystem::path& results);
// The JSON in a file; null if the file is missing or is not JSON.
[[nodiscard]] PageJson json_of_file(const std::filesystem::path& file);
// Chromatograms of the best-scoring precursors, limited in size; null without xic.parquet.
[[nodiscard]] Result<PageJson> page_chromatograms(const std::filesystem::path& results,
                                                  const std::vector<std::string>& runs);

}  // namespace overland::report
