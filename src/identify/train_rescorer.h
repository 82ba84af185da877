// Trains the rescoring models on all runs together, in memory that does not grow with their number.
//
// Candidates are sampled by a hash of pair and run, so that the sample does not depend on the order
// of the runs or on threads and contains targets together with their decoys. All rows are used if
// they fit into the sample.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/machine.h"
#include "identify/competition_groups.h"
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
  const CompetitionGroups& competition;
  const scoring::RescoreSettings& settings;
  std::size_t sample_rows = 0;  // number of rows up to which all rows are used
  Machine machine = {};
};

struct TrainedRescorer {
  scoring::Rescorer rescorer;
  scoring::RescoreModel model = scoring::RescoreModel::linear;  // trees or linear
  std::size_t targets_linear = 0, targets_trees = 0;            // in the samples
  double linear_share = 1, tree_share = 1;  // share of the rows from which each model was trained
};
[[nodiscard]] Result<TrainedRescorer> train_rescorer(const RescoringJob& job);

// The scores of a run's rows, computed in blocks of a few thousand rows.
[[nodiscard]] std::vector<float> score_rows(const search::PsmFile& psms,
                                            const scoring::Rescorer& rescorer,
                                            const RescoringJob& job);

}  // namespace overland::identify
