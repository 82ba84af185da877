// Semi-supervised rescoring: from features of peak groups to one score per row.
//
// Cross-validated in kFolds folds: no row is scored by a model that saw it, its decoy partner or
// another form of its peptide. Each round takes the best row of every candidate by the last score
// (targets and decoys alike), trains on targets at q <= train_q against all decoys, and scores the
// fold left out. Linear rounds first; then boosted trees where there are enough targets.
//
// Both kinds are trained on tables of bounded size and applied to any rows, so that a search of
// many runs need not hold their tables:
//   sample -> LinearRescorer -> its most promising rows of all runs, sampled -> TreeRescorer
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_text.h"
#include "scoring/boosted_trees.h"
#include "scoring/feature_matrix.h"
#include "scoring/linear_model.h"

namespace overland::scoring {

// automatic: trees where the linear model identifies enough targets.
enum class RescoreModel : std::uint8_t { automatic, trees, linear };

struct RescoreSettings {
  RescoreModel model = RescoreModel::automatic;
  std::size_t min_trees_targets = 400;  // auto: fewer targets at q <= train_q keep the linear model
  int linear_rounds = 3;
  int tree_rounds = 2;
  double least_gain = 0.005;  // a round that finds fewer than so many more targets is the last
  double train_q = 0.05;
  std::size_t max_training_rows = 60'000;    // per fold; a fixed-seed sample beyond that
  std::size_t min_tree_candidates = 30'000;  // the trees look at so many of the linear model's
  std::size_t tree_candidate_factor = 6;     // best, or so many times those it identified
  double decoys_per_target = 1;
  std::uint64_t seed = 1;
  TreeSettings trees;
};

// Whether the linear model identified enough (or the settings say so) for trees, and how many
// candidates these look at.
[[nodiscard]] inline bool wants_trees(const RescoreSettings& settings, std::size_t identified) {
  return settings.model == RescoreModel::trees ||
         (settings.model == RescoreModel::automatic && identified >= settings.min_trees_targets);
}
[[nodiscard]] inline std::size_t tree_candidates(const RescoreSettings& settings,
                                                 std::size_t identified) {
  return std::max(settings.min_tree_candidates, settings.tree_candidate_factor * identified);
}

// Puts scores of the folds on one scale: mean 0 and standard deviation 1 of the decoys' best rows
// in each.
struct FoldScale {
  double mean = 0, sd = 1;
  [[nodiscard]] float operator()(float score) const {
    return static_cast<float>((static_cast<double>(score) - mean) / sd);
  }
};

class LinearRescorer {
 public:
  // `initial` = a score known beforehand (higher is better) that starts the first round.
  static LinearRescorer train(const FeatureMatrix& sample, std::span<const float> initial,
                              const RescoreSettings& settings, int threads);
  [[nodiscard]] std::vector<float> score(const FeatureMatrix& rows, std::span<const float> initial,
                                         int threads = 1) const;
  // Candidates of the sample at q <= train_q.
  [[nodiscard]] std::size_t targets() const { return targets_; }

 private:
  std::array<std::optional<LinearModel>, kFolds> model_;  // none: the initial score stays
  std::array<FoldScale, kFolds> scale_;
  std::size_t targets_ = 0;
};

class TreeRescorer {
 public:
  // `linear`: the linear model's scores of the sample's rows.
  static TreeRescorer train(const FeatureMatrix& sample, std::span<const float> linear,
                            const RescoreSettings& settings, int threads);
  [[nodiscard]] std::vector<float> score(const FeatureMatrix& rows,
                                         std::span<const float> linear) const;
  [[nodiscard]] std::size_t targets() const { return targets_; }
  // Below every score of the sample: what the linear model already gave up gets this.
  [[nodiscard]] float floor() const { return floor_; }
  // Per column: share of the gain of all splits, mean over the folds' models; sums to 1.
  [[nodiscard]] std::vector<double> importance() const;

 private:
  FeatureBins bins_;
  std::array<std::optional<BoostedTrees>, kFolds> model_;  // none: the linear score stays
  std::array<FoldScale, kFolds> scale_;
  std::size_t targets_ = 0;
  float floor_ = 0;
};

// The linear score that the best `wanted` candidates reach.
[[nodiscard]] float promising_score(const FeatureMatrix& matrix, std::span<const float> linear,
                                    std::size_t wanted);
// All rows of candidates that reach `threshold` with one of them, whatever their labels: the
// others cannot be identified, and need no trees.
[[nodiscard]] std::vector<std::uint32_t> promising_rows(const FeatureMatrix& matrix,
                                                        std::span<const float> linear,
                                                        float threshold);

// What scores rows: the linear model, and trees for the candidates that it ranks high.
struct Rescorer {
  LinearRescorer linear;
  float threshold = 0;
  std::optional<TreeRescorer> trees;
  [[nodiscard]] std::vector<float> score(const FeatureMatrix& rows,
                                         std::span<const float> initial) const;
};

struct Rescored {
  std::vector<float> score;                   // per row; comparable over folds
  std::vector<std::uint32_t> best_row;        // the chosen row of each candidate, ascending
  RescoreModel model = RescoreModel::linear;  // trees or linear: what was used
  std::size_t targets_linear = 0;             // candidates at q <= train_q by each model
  std::size_t targets_trees = 0;
};

// All in memory: trained on the whole matrix and applied to it.
[[nodiscard]] Rescored rescore(const FeatureMatrix& matrix, std::span<const float> initial,
                               const RescoreSettings& settings, int threads);

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
