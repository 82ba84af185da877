// Gradient-boosted trees with logistic loss (Friedman 2001) on binned features; splits are found
// with histograms.
//
// Gradients are integers in units of 1/8192, so that sums are exact and do not depend on their
// order. Each model is trained by one thread. With G and H the sums of the first and second
// derivatives of the loss and lambda = 1, a split into L and R has the gain
//   G_L^2/(H_L+lambda) + G_R^2/(H_R+lambda) - G^2/(H+lambda)
// and a leaf the value -G/(H+lambda) times the learning rate (Chen and Guestrin 2016).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/machine.h"
#include "scoring/binned_features.h"

namespace overland::scoring {

struct TreeSettings {
  int rounds = 160;
  double learning_rate = 0.12;
  int max_depth = 4;
  double min_child_weight = 10;  // minimum H of a leaf
  double row_sample = 0.5;       // share of the rows drawn for each tree
  double column_sample = 0.6;    // share of the columns drawn for each tree
  std::uint64_t seed = 1;
};

struct TrainingRows {
  const BinnedRows& rows;               // at most kMaxTrainingRows, at most 255 columns
  std::span<const std::uint8_t> label;  // 1: positive
  // Per column: +1 if the score must not fall with the value, -1 if it must not rise, 0 if free.
  // An empty span means 0 for all columns.
  std::span<const std::int8_t> direction;
};
inline constexpr std::size_t kMaxTrainingRows = 250'000;

class BoostedTrees {
 public:
  [[nodiscard]] static BoostedTrees train(const TrainingRows& training,
                                          const TreeSettings& settings,
                                          const Machine& machine = {});
  // Log-odds that the row is a positive.
  [[nodiscard]] float score(const std::uint8_t* binned_row) const;
  // Per column: sum of the gains of all splits on the column.
  [[nodiscard]] std::span<const double> gain() const { return gain_; }

 private:
  friend class TreeGrower;
  // Each tree is stored as a full tree of `depth_` levels; at a node without a split all rows go
  // left. A row goes right when (bin - shift) mod 256 > threshold: bin 0 (missing value) goes left
  // with shift 0 and right with shift 1.
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
  std::vector<Node> nodes_;  // 2^depth - 1 per tree, in heap order
  std::vector<float> leaf_;  // 2^depth per tree
  float start_ = 0;          // log-odds of the training labels
  std::vector<double> gain_;
};

}  // namespace overland::scoring
