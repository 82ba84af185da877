// Grows the trees of BoostedTrees, one after another.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scoring/boosted_trees.h"

namespace overland::scoring {

// First and second derivative of a row's loss, or sums of these, packed into one integer: G in the
// upper 32 bits, H (never negative) in the lower 32 bits.
using GradientPair = std::int64_t;
inline constexpr int kGradientUnit = 8192;

class TreeGrower {
 public:
  TreeGrower(const TrainingRows& training, const TreeSettings& settings, BoostedTrees& model);

  // Adds a tree fitted to `gradient` (per training row) on `rows`, and adds the tree's value to
  // `margin` of every training row.
  void grow(std::span<const GradientPair> gradient, std::vector<std::uint32_t>& rows,
            std::uint64_t stream, std::span<float> margin);

 private:
  struct Split {
    double gain = 0;
    std::uint8_t feature = 0, bin = 0;  // bins <= bin go left
    bool is_missing_right = false;
    GradientPair left = 0;
  };
  struct Limits {  // range of a leaf's value, from splits above it on columns with a direction
    double low, high;
  };
  struct NodeRows {  // a node and its rows: [begin, end) of rows_
    std::size_t node, depth, begin, end;
    GradientPair sum;
    Limits limits;
  };
  using Histogram = std::vector<GradientPair>;  // [column][bin]

  void choose_columns(std::uint64_t stream);
  void fill(const NodeRows& node_rows, Histogram& histogram) const;
  [[nodiscard]] Split best_split(const NodeRows& node_rows, const Histogram& histogram) const;
  void try_split(const NodeRows& node_rows, const Split& candidate, Split& best) const;
  void grow_node(const NodeRows& node_rows, Histogram& histogram);
  [[nodiscard]] std::size_t part(const NodeRows& node_rows, const BoostedTrees::Node& node);
  void descend(const NodeRows& node_rows, const Split& split, std::size_t middle,
               Histogram& histogram);
  void set_leaf(const NodeRows& node_rows);

  const TrainingRows& training_;
  const TreeSettings& settings_;
  BoostedTrees& model_;
  std::vector<std::uint8_t> columns_;  // columns drawn for the present tree
  std::vector<Histogram> histograms_;  // one per level below the root
  Histogram root_;
  std::span<const GradientPair> gradient_;
  std::vector<std::uint32_t> rows_, right_;
  std::size_t first_node_ = 0, first_leaf_ = 0;  // of the present tree
};

}  // namespace overland::scoring
