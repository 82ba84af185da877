// Semi-supervised rescoring: one score per peak group from its features.
//
// Cross-validated in kFolds folds: no row is scored by a model that was trained on the row, on its
// paired targets and decoys or on another form of its peptide. Each round chooses the best row of
// every candidate (target or decoy) by the previous score, trains on targets at q <= train_q
// against all decoys, and scores the fold left out. Linear rounds come first, then boosted trees if
// there are enough targets.
//
// Both kinds of model are trained on samples of bounded size and applied to any rows, so that a
// search of many runs need not hold all feature tables in memory:
//   sample -> LinearRescorer -> its best-scoring rows of all runs, sampled -> TreeRescorer
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_text.h"
#include "base/machine.h"
#include "scoring/boosted_trees.h"
#include "scoring/feature_matrix.h"
#include "scoring/linear_model.h"

namespace overland::scoring {

// automatic: trees if the linear model identifies enough targets.
enum class RescoreModel : std::uint8_t { automatic, trees, linear };

struct RescoreSettings {
  RescoreModel model = RescoreModel::automatic;
  std::size_t min_trees_targets = 400;  // automatic: targets at q <= train_q needed for trees
  int linear_rounds = 3;
  int tree_rounds = 2;
  double least_gain = 0.005;  // training stops when the targets grow by less than this share
  double train_q = 0.05;
  std::size_t max_training_rows = 60'000;  // per fold; larger sets are sampled with a fixed seed
  // The trees score the best candidates of the linear model: the larger of min_tree_candidates and
  // tree_candidate_factor times the identified ones.
  std::size_t min_tree_candidates = 30'000;
  std::size_t tree_candidate_factor = 6;
  double decoys_per_target = 1;
  std::uint64_t seed = 1;
  TreeSettings trees;
};

// Whether to train trees, given the number of targets that the linear model identified.
[[nodiscard]] inline bool wants_trees(const RescoreSettings& settings, std::size_t identified) {
  return settings.model == RescoreModel::trees ||
         (settings.model == RescoreModel::automatic && identified >= settings.min_trees_targets);
}
// Number of candidates that the trees score.
[[nodiscard]] inline std::size_t tree_candidates(const RescoreSettings& settings,
                                                 std::size_t identified) {
  return std::max(settings.min_tree_candidates, settings.tree_candidate_factor * identified);
}

// Makes scores comparable between folds: in each fold the best rows of the decoys get mean 0 and
// standard deviation 1.
struct FoldScale {
  double mean = 0, sd = 1;
  [[nodiscard]] float operator()(float score) const {
    return static_cast<float>((static_cast<double>(score) - mean) / sd);
  }
};

class LinearRescorer {
 public:
  // `initial`: the score per row (higher is better) that the first round starts from.
  static LinearRescorer train(const FeatureMatrix& sample, std::span<const float> initial,
                              const RescoreSettings& settings, const Machine& machine);
  [[nodiscard]] std::vector<float> score(const FeatureMatrix& rows, std::span<const float> initial,
                                         const Machine& machine = {}) const;
  // Number of targets of the sample at q <= train_q.
  [[nodiscard]] std::size_t targets() const { return targets_; }

 private:
  std::array<std::optional<LinearModel>, kFolds> model_;  // if none, the initial score is kept
  std::array<FoldScale, kFolds> scale_;
  std::size_t targets_ = 0;
};

class TreeRescorer {
 public:
  // `linear`: score of the linear model for each row of the sample.
  static TreeRescorer train(const FeatureMatrix& sample, std::span<const float> linear,
                            const RescoreSettings& settings, const Machine& machine);
  [[nodiscard]] std::vector<float> score(const FeatureMatrix& rows,
                                         std::span<const float> linear) const;
  [[nodiscard]] std::size_t targets() const { return targets_; }
  // A score below every score of the sample, given to the candidates that the trees do not score.
  [[nodiscard]] float floor() const { return floor_; }
  // Per column: share of the total gain of all splits, averaged over the folds; sums to 1.
  [[nodiscard]] std::vector<double> importance() const;

 private:
  FeatureBins bins_;
  std::array<std::optional<BoostedTrees>, kFolds> model_;  // if none, the linear score is kept
  std::array<FoldScale, kFolds> scale_;
  std::size_t targets_ = 0;
  float floor_ = 0;
};

// The lowest linear score among the best `wanted` candidates.
[[nodiscard]] float promising_score(const FeatureMatrix& matrix, std::span<const float> linear,
                                    std::size_t wanted);
// All rows of the candidates that have at least one row with a score >= `threshold`, targets and
// decoys alike. The other candidates cannot be identified and need no trees.
[[nodiscard]] std::vector<std::uint32_t> promising_rows(const FeatureMatrix& matrix,
                                                        std::span<const float> linear,
                                                        float threshold);

// The trained models: the linear model, and trees for the candidates that it ranks highest.
struct Rescorer {
  LinearRescorer linear;
  float threshold = 0;
  std::optional<TreeRescorer> trees;
  [[nodiscard]] std::vector<float> score(const FeatureMatrix& rows,
                                         std::span<const float> initial) const;
};

struct Rescored {
  std::vector<float> score;                   // per row; comparable between folds
  std::vector<std::uint32_t> best_row;        // best-scoring row of each candidate, ascending
  RescoreModel model = RescoreModel::linear;  // the model that was used: trees or linear
  std::size_t targets_linear = 0;             // targets at q <= train_q by the linear model
  std::size_t targets_trees = 0;              // targets at q <= train_q by the trees
};

// Trains on the whole matrix and scores it; everything is held in memory.
[[nodiscard]] Rescored rescore(const FeatureMatrix& matrix, std::span<const float> initial,
                               const RescoreSettings& settings, const Machine& machine);

// The best-scoring row of each candidate; ties go to the earlier row.
[[nodiscard]] std::vector<std::uint32_t> best_rows(const FeatureMatrix& matrix,
                                                   std::span<const float> score);

}  // namespace overland::scoring

template <>
struct overland::EnumNames<overland::scoring::RescoreModel> {
  using Enum = overland::scoring::RescoreModel;
  static constexpr std::array kNames{std::pair{Enum::automatic, "auto"},
                                     std::pair{Enum::trees, "trees"},
                                     std::pair{Enum::linear, "linear"}};
};
