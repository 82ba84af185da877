// A run as the results need it: where the stages left what they found in it.
#pragma once

#include <filesystem>
#include <string>

#include "identify/score.h"
#include "library/library.h"
#include "params/search_config.h"
#include "quantify/cohort_rows.h"
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

// The rows of one run that `filter` lets into the report. Errors of the files, and OVL-IO-061 where
// the two do not belong together or name what is beyond `bounds`.
[[nodiscard]] Result<quantify::ReportedRows> read_reported_rows(const ReportedRun& run,
                                                                const library::LibraryView& library,
                                                                const params::ReportFilter& filter,
                                                                const search::RowBounds& bounds);

// The names of protein groups; runs of one search share a file, which is read once.
class GroupNamesFile {
 public:
  // True where they are others than before.
  [[nodiscard]] Result<bool> open(const std::filesystem::path& file);
  [[nodiscard]] const identify::ProteinGroupNames& names() const { return names_; }

 private:
  std::filesystem::path file_;
  identify::ProteinGroupNames names_;
};

}  // namespace overland::results
