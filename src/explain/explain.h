// `overland explain`: follows one precursor in one run through every gate of the search, from the
// results folder. Its isolation window is searched again with the functions of the search; scores
// and quantities are read from the search's results. For a precursor that was not found, the first
// failed gate shows where it was lost and what would have been needed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/machine.h"
#include "report/chromatogram_file.h"
#include "report/html_page.h"

namespace overland::explain {

struct ExplainOptions {
  std::filesystem::path results;
  std::string precursor;          // "PEPTIDE/2", or the Precursor.Id of the report, "PEPTIDE2"
  std::string run;                // name of a run in runs.parquet
  std::filesystem::path library;  // present path of the search's library; empty: as recorded
  Machine machine = {};
};

enum class GateState { passed, failed, note, not_reached };
[[nodiscard]] std::string_view to_text(GateState state);

struct Gate {
  std::string name;
  GateState state = GateState::not_reached;
  std::string text;    // observation
  std::string needed;  // for a failed gate: what would have been sufficient
};

// One feature of the precursor's best peak group, compared with the best peak groups of the run.
// NaN if it is missing.
struct FeatureComparison {
  std::string name;
  double value = 0;
  // Percentage of the accepted targets and of the decoys with a lower value.
  double among_targets = 0, among_decoys = 0;
  double median_targets = 0, median_decoys = 0;
};

// Another library precursor in the window that matches some of the same peaks at the apex.
struct Competitor {
  std::string precursor;
  bool is_decoy = false;
  int shared_peaks = 0;
  double weight = 0;  // intensity assigned to it by the deconvolution of the apex scan
};

struct Explanation {
  std::string precursor, run;
  std::string verdict;  // one sentence
  bool is_found = false;
  std::vector<Gate> gates;
  std::vector<FeatureComparison> features;
  std::vector<Competitor> competitors;
  // Of the most central window; empty if the precursor was not searched in it.
  std::vector<report::Chromatogram> traces;
};

// Errors OVL-USE-040 (not a results folder), OVL-USE-041 (no charge in `precursor`), OVL-USE-042
// (no such run), OVL-USE-043 (the run failed), OVL-IO-093 (the library was not found), OVL-IO-094
// (work/ is incomplete), OVL-LIB-010 (not a peptide), and the errors of reading the files.
[[nodiscard]] Result<Explanation> explain(const ExplainOptions& options);

[[nodiscard]] std::string explanation_text(const Explanation& explanation);
[[nodiscard]] report::PageJson explanation_json(const Explanation& explanation);
// Writes the page of the option --html.
[[nodiscard]] Result<void> write_explanation_page(const Explanation& explanation,
                                                  const std::filesystem::path& file);

}  // namespace overland::explain
