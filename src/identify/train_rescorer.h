// Trains the rescoring of all runs together, in memory that does not grow with their number.
//
// Candidates are sampled by a hash of pair and run, so the sample depends neither on the order of
// the runs nor on threads, and holds a target with its decoys. A search that fits into the sample
// is taken whole.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "identify/scoring_units.h"
#include "scoring/rescore.h"
#include "search/psm_table.h"

namespace overland::identify {

struct RunPsms {
  std::string name;
  std::filesystem::path psms;  // psms.arrow
};

struct RescoringJob {
  const std::vector<RunPsms>& runs;
  const library::LibraryView& library;
  const ScoringUnits& units;
  const scoring::RescoreSettings& settings;
  std::size_t sample_rows = 0;  // least to hold in memory before sampling begins
  int threads = 1;
};

struct TrainedRescorer {
  scoring::Rescorer rescorer;
  scoring::RescoreModel model = scoring::RescoreModel::linear;  // trees or linear
  std::size_t targets_linear = 0, targets_trees = 0;            // in the samples
  double linear_share = 1, tree_share = 1;                      // of all rows, that each saw
};
[[nodiscard]] Result<TrainedRescorer> train_rescorer(const RescoringJob& job);

// The scores of a run's rows, a few thousand rows at a time.
[[nodiscard]] std::vector<float> score_rows(const search::PsmFile& psms,
                                            const scoring::Rescorer& rescorer,
                                            const RescoringJob& job);

}  // namespace overland::identify
