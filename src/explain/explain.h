// `overland explain`: one precursor in one run, through every gate of the search, from the results
// folder. The window pass is run again with the search's own functions; scores and quantities are
// those of the search. Works for precursors that were not found too: the first gate that is not
// passed says where it was lost, and what would have been needed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "report/chromatogram_file.h"
#include "report/html_page.h"

namespace overland::explain {

struct ExplainOptions {
  std::filesystem::path results;
  std::string precursor;          // "PEPTIDE/2", or the Precursor.Id of the report, "PEPTIDE2"
  std::string run;                // of runs.parquet
  std::filesystem::path library;  // where the search's library is now; empty: look for it
  int threads = 1;
};

enum class GateState { passed, failed, note, not_reached };
[[nodiscard]] std::string_view to_text(GateState state);

struct Gate {
  std::string name;
  GateState state = GateState::not_reached;
  std::string text;    // what was found
  std::string needed;  // of a failed gate: what would have been enough
};

// One feature of the best peak group among the best groups of the run. NaN where it is missing.
struct FeatureStanding {
  std::string name;
  double value = 0;
  double among_targets = 0, among_decoys = 0;  // per cent below it, of passing targets; of decoys
  double median_targets = 0, median_decoys = 0;
};

// Another library precursor of the window that shares fragment peaks at the apex.
struct Competitor {
  std::string precursor;
  bool is_decoy = false;
  int shared_peaks = 0;
  double weight = 0;  // intensity that the deconvolution gives it in that scan
};

struct Explanation {
  std::string precursor, run;
  std::string verdict;  // one sentence
  bool is_found = false;
  std::vector<Gate> gates;
  std::vector<FeatureStanding> features;
  std::vector<Competitor> competitors;
  std::vector<report::Chromatogram>
      traces;  // of the most central window; none where it was not searched
};

// Errors OVL-USE-040 (not a results folder), OVL-USE-041 (no charge in `precursor`), OVL-USE-042
// (no such run), OVL-USE-043 (the run failed), OVL-IO-093 (the library is gone), OVL-IO-094 (work/
// is incomplete), OVL-LIB-010 (no peptide), and those of the files.
[[nodiscard]] Result<Explanation> explain(const ExplainOptions& options);

[[nodiscard]] std::string explanation_text(const Explanation& explanation);
[[nodiscard]] report::PageJson explanation_json(const Explanation& explanation);
// The page of --html.
[[nodiscard]] Result<void> write_explanation_page(const Explanation& explanation,
                                                  const std::filesystem::path& file);

}  // namespace overland::explain
