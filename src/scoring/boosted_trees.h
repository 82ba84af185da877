// Gradient-boosted trees of logistic loss (Friedman 2001) on binned features, grown by histograms.
//
// Gradients are whole numbers (1/8192), so sums are exact and do not depend on their order; one
// thread per model. Gain of a split into L and R, with G and H the sums of first and second
// derivatives and lambda = 1:  G_L^2/(H_L+lambda) + G_R^2/(H_R+lambda) - G^2/(H+lambda); a leaf is
// worth -G/(H+lambda) times the learning rate (Chen and Guestrin 2016).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scoring/binned_features.h"

namespace overland::scoring {

struct TreeSettings {
  int rounds = 160;
  double learning_rate = 0.12;
  int max_depth = 4;
  double min_child_weight = 10;  // least H of a leaf
  double row_sample = 0.5;       // of the rows, for each tree
  double column_sample = 0.6;    // of the columns, for each tree
  std::uint64_t seed = 1;
};

struct TrainingRows {
  const BinnedRows& rows;               // at most kMaxTrainingRows, at most 255 columns
  std::span<const std::uint8_t> label;  // 1: positive
  // Per column: +1 where the score must not fall as the value grows, -1 where it must not rise, 0;
  // empty: all 0.
  std::span<const std::int8_t> direction;
};
inline constexpr std::size_t kMaxTrainingRows = 250'000;

class BoostedTrees {
 public:
  [[nodiscard]] static BoostedTrees train(const TrainingRows& training,
                                          const TreeSettings& settings);
  // Log-odds of being a positive.
  [[nodiscard]] float score(const std::uint8_t* binned_row) const;
  // Per column: sum of the gains of its splits.
  [[nodiscard]] std::span<const double> gain() const { return gain_; }

 private:
  friend class TreeGrower;
  // A full tree of `depth_` levels; where it is not split further, all rows go left.
  // A row goes right when (bin - shift) mod 256 > threshold: bin 0 (missing) goes left with shift
  // 0 and right with shift 1.
  struct Node {
    std::uint8_t feature = 0, shift = 0, threshold = 255;
  };
  [[nodiscard]] float tree_value(std::size_t first_node, std::size_t first_leaf,
                                 const std::uint8_t* row) const {
    std::size_t heap = 0;
    for (std::size_t d = 0; d < depth_; ++d) {
      const Node node = nodes_[first_node + heap];
      const auto bin = static_cast<std::uint8_t>(row[node.feature] - node.shift);
      heap = 2 * heap + 1 + (bin > node.threshold ? 1 : 0);
    }
    return leaf_[first_leaf + heap + 1 - (std::size_t{1} << depth_)];
  }
  std::size_t depth_ = 0;
  std::vector<Node> nodes_;  // per tree 2^depth - 1, in the order of a heap
  std::vector<float> leaf_;  // per tree 2^depth
  float start_ = 0;          // log-odds of the training labels
  std::vector<double> gain_;
};

}  // namespace overland::scoring
