// One run on its way through the search.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/allocation_probe.h"
#include "run/raw_run.h"
#include "stages/run_models.h"
#include "stages/score.h"
#include "stages/stage_store.h"
#include "stages/tune_predictor.h"

namespace overland {

struct SearchRun {
  std::filesystem::path file;   // as given
  std::filesystem::path arrow;  // what the stages read: the file itself, or its converted form
  std::string name;
  std::string content_hash;
  std::optional<Error> error;                             // why it left the search
  std::size_t ms1_scans = 0, ms2_scans = 0, windows = 0;  // searched
  std::size_t scans_outside = 0;  // of the scheme: SIM scans and windows visited too seldom
  std::uint64_t peaks = 0;
  ReadReport read_report;
  RunModels models;
  std::filesystem::path points, psms, row_scores, scores, chromatograms, quantities;
  std::string chromatograms_hash;
  double peak_width = 0;  // minutes, of its own quantities; 0 where limits are not common
  std::size_t targets = 0, decoys = 0;  // at report.q_value; without entrapments
  std::size_t matched = 0;              // likewise, transferred from other runs
  double seconds = 0;
  std::uint64_t traces = 0, trace_points = 0;  // of its stored chromatograms
  // Of the stages that were not up to date; nothing where nobody counts (base/allocation_probe.h).
  std::optional<AllocationUse> chromatogram_allocations, integration_allocations;
};

// The stages of one run, each skipped when its manifest is current. On an error `run.error` is set
// and later calls do nothing.
class RunStages {
 public:
  RunStages(StageStore& store, const SearchConfig& config, int threads)
      : store_(store), config_(config), threads_(threads) {}

  // Put before the names of the stages that follow: a search of two rounds keeps both.
  void set_round(std::string prefix) { prefix_ = std::move(prefix); }

  void read(SearchRun& run) const;
  // Between the two, runs may borrow models from each other (borrow_models.h).
  void tune_run(SearchRun& run, const Library& library, std::span<const std::uint8_t> folds) const;
  void second_pass_run(SearchRun& run, const Library& library,
                       std::span<const std::uint8_t> folds) const;
  // Spectra and times of the run's sure targets.
  [[nodiscard]] Result<std::vector<TuningExample>> observe(const SearchRun& run,
                                                           const Library& library) const;

 private:
  Result<void> read_file(SearchRun& run) const;
  Result<void> tune_file(SearchRun& run, const Library& library,
                         std::span<const std::uint8_t> folds) const;
  Result<void> second_pass_file(SearchRun& run, const Library& library,
                                std::span<const std::uint8_t> folds) const;

  StageStore& store_;
  const SearchConfig& config_;
  int threads_;
  std::string prefix_;
};

// Hash of the values of all keys that begin with one of `sections`.
[[nodiscard]] std::string parameters_hash(const SearchConfig& config,
                                          const std::vector<std::string>& sections);

// Rows that go into the report: targets (or also decoys, entrapments) within report.q_value, and
// transfers.
[[nodiscard]] std::vector<ScoredRow> passing_rows(const RunScores& scores,
                                                  const LibraryView& library,
                                                  const SearchConfig& config);

// Winners of one run with a run-specific q-value up to `q_value`; decoys of entrapments are decoys.
struct PassingCounts {
  std::size_t targets = 0, entrapments = 0, decoys = 0;
};
[[nodiscard]] PassingCounts count_passing(const RunScores& scores, const LibraryView& library,
                                          double q_value);

}  // namespace overland
