// The files of a run, written by the stages, from which the result tables are made.
#pragma once

#include <filesystem>
#include <string>

#include "identify/score.h"
#include "library/library.h"
#include "params/search_config.h"
#include "quantify/cohort_rows.h"
#include "search/run_models.h"

namespace overland::results {

// A run that did not fail, and its files.
struct ReportedRun {
  std::string name;
  std::filesystem::path run;             // file of the run's peaks
  std::filesystem::path scores;          // RunScores
  std::filesystem::path protein_groups;  // one file for all runs
  std::filesystem::path quantities;
  std::filesystem::path chromatograms;  // folder
  std::filesystem::path points;         // calibration points
  search::RunModels models;
};

// The rows of one run that satisfy the report's filter. Errors of reading the files, and OVL-IO-061
// if the files do not belong together or contain an index beyond `bounds`.
[[nodiscard]] Result<quantify::ReportedRows> read_reported_rows(const ReportedRun& run,
                                                                const library::LibraryView& library,
                                                                const params::ReportFilter& filter,
                                                                const search::RowBounds& bounds);

// Reads the names of protein groups. Runs of one search share a file, which is read once.
class GroupNamesFile {
 public:
  // True if the names differ from those of the previous call.
  [[nodiscard]] Result<bool> open(const std::filesystem::path& file);
  [[nodiscard]] const identify::ProteinGroupNames& names() const { return names_; }

 private:
  std::filesystem::path file_;
  identify::ProteinGroupNames names_;
};

}  // namespace overland::results
