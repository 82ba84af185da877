// Semi-supervised rescoring: from features of peak groups to one score per row.
//
// Cross-validated in kFolds folds: no row is scored by a model that saw it, its decoy partner or
// another form of its peptide. Each round takes the best row of every candidate by the last score
// (targets and decoys alike), trains on targets at q <= train_q against all decoys, and scores the
// fold left out. Linear rounds first; then boosted trees where there are enough targets.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "scoring/boosted_trees.h"
#include "scoring/feature_matrix.h"

namespace overland {

struct RescoreSettings {
  std::string model = "auto";           // "auto", "trees" or "linear"
  std::size_t min_trees_targets = 400;  // auto: fewer confident targets keep the linear model
  int linear_rounds = 3;
  int tree_rounds = 3;
  double train_q = 0.01;
  std::size_t max_training_rows = 120000;   // per fold; a fixed-seed sample beyond that
  std::size_t min_tree_candidates = 50000;  // the trees look at so many of the linear model's best,
  std::size_t tree_candidate_factor = 10;   // or so many times those it identified
  double decoys_per_target = 1;
  std::uint32_t seed = 1;
  TreeSettings trees;
};

struct Rescored {
  std::vector<float> score;             // per row; comparable over folds
  std::vector<std::uint32_t> best_row;  // the chosen row of each candidate, ascending
  std::string model;                    // "trees" or "linear": what was used
  std::size_t targets_linear = 0;       // candidates at q <= train_q by each model
  std::size_t targets_trees = 0;
};

// `initial` = a score known beforehand (higher is better) that starts the first round.
[[nodiscard]] Result<Rescored> rescore(const FeatureMatrix& matrix, std::span<const float> initial,
                                       const RescoreSettings& settings, int threads);

// The best-scoring row of each candidate; ties go to the earlier row.
[[nodiscard]] std::vector<std::uint32_t> best_rows(const FeatureMatrix& matrix,
                                                   std::span<const float> score);

}  // namespace overland
