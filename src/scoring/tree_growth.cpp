#include "scoring/tree_growth.h"

#include <algorithm>
#include <limits>

#include "base/rng.h"

namespace overland::scoring {
namespace {

constexpr double kLambda = 1;
constexpr double kUnit = kGradientUnit;

double hessian(GradientPair sum) {
  return static_cast<double>(static_cast<std::uint32_t>(sum)) / kUnit;
}
double gradient_of(GradientPair sum) {
  return static_cast<double>(sum >> 32) / kUnit;
}
double value_of(GradientPair sum) {
  return -gradient_of(sum) / (hessian(sum) + kLambda);
}
// Twice the decrease of the loss when rows with this gradient sum get the value w.
double gain_at(GradientPair sum, double w) {
  return -(2 * gradient_of(sum) * w + (hessian(sum) + kLambda) * w * w);
}

}  // namespace

TreeGrower::TreeGrower(const TrainingRows& training, const TreeSettings& settings,
                       BoostedTrees& model)
    : training_(training), settings_(settings), model_(model) {
  model_.depth_ = static_cast<std::size_t>(settings.max_depth);
  model_.gain_.assign(training.rows.width, 0);
  root_.assign(training.rows.width * kBins, 0);
  histograms_.assign(model_.depth_, root_);
  right_.resize(training.rows.size());
}

void TreeGrower::choose_columns(std::uint64_t stream) {
  const std::size_t width = training_.rows.width;
  columns_.clear();
  for (std::size_t c = 0; c < width; ++c) columns_.push_back(static_cast<std::uint8_t>(c));
  const auto wanted = std::max<std::size_t>(
      1, static_cast<std::size_t>(settings_.column_sample * static_cast<double>(width)));
  Rng rng(settings_.seed, stream);
  for (std::size_t i = 0; i < wanted; ++i) {
    std::swap(columns_[i], columns_[i + rng.below(width - i)]);
  }
  columns_.resize(wanted);
  std::sort(columns_.begin(), columns_.end());
}

void TreeGrower::fill(const NodeRows& node_rows, Histogram& histogram) const {
  for (const std::uint8_t c : columns_) {
    std::fill_n(histogram.begin() + static_cast<std::ptrdiff_t>(c * kBins), kBins, 0);
  }
  GradientPair* const sums = histogram.data();
  for (std::size_t i = node_rows.begin; i < node_rows.end; ++i) {
    const std::uint8_t* row = training_.rows.row(rows_[i]);
    const GradientPair g = gradient_[rows_[i]];
    for (const std::uint8_t c : columns_) sums[c * kBins + row[c]] += g;
  }
}

void TreeGrower::try_split(const NodeRows& node_rows, const Split& candidate, Split& best) const {
  const GradientPair right = node_rows.sum - candidate.left;
  if (hessian(candidate.left) < settings_.min_child_weight) return;
  if (hessian(right) < settings_.min_child_weight) return;
  const auto [low, high] = node_rows.limits;
  const double left_value = std::clamp(value_of(candidate.left), low, high);
  const double right_value = std::clamp(value_of(right), low, high);
  const int direction = training_.direction.empty() ? 0 : training_.direction[candidate.feature];
  if (direction * (right_value - left_value) < 0) return;
  const double whole = std::clamp(value_of(node_rows.sum), low, high);
  const double gain = gain_at(candidate.left, left_value) + gain_at(right, right_value) -
                      gain_at(node_rows.sum, whole);
  if (gain > best.gain) {
    best = candidate;
    best.gain = gain;
  }
}

TreeGrower::Split TreeGrower::best_split(const NodeRows& node_rows,
                                         const Histogram& histogram) const {
  Split best;
  best.gain = 1e-6;
  for (const std::uint8_t c : columns_) {
    const GradientPair* bins = histogram.data() + c * kBins;
    GradientPair left = 0;
    for (std::uint8_t b = 1; b + 1U < kBins; ++b) {
      if (bins[b] == 0) continue;
      left += bins[b];
      if (bins[0] != 0) try_split(node_rows, {0, c, b, true, left}, best);
      try_split(node_rows, {0, c, b, false, left + bins[0]}, best);
    }
  }
  return best;
}

// Stable partition, so that rows stay ascending. Returns the first position of the right side.
std::size_t TreeGrower::part(const NodeRows& node_rows, const BoostedTrees::Node& node) {
  std::size_t left = node_rows.begin;
  std::size_t right = 0;
  for (std::size_t i = node_rows.begin; i < node_rows.end; ++i) {
    const std::uint32_t r = rows_[i];
    const auto shifted =
        static_cast<std::uint8_t>(training_.rows.row(r)[node.feature] - node.shift);
    const bool goes_right = shifted > node.threshold;
    rows_[left] = r;
    right_[right] = r;
    left += goes_right ? 0 : 1;
    right += goes_right ? 1 : 0;
  }
  std::copy_n(right_.begin(), right, rows_.begin() + static_cast<std::ptrdiff_t>(left));
  return left;
}

void TreeGrower::set_leaf(const NodeRows& node_rows) {
  const double value =
      std::clamp(value_of(node_rows.sum), node_rows.limits.low, node_rows.limits.high);
  // All rows of a node without a split reach its leftmost leaf.
  std::size_t heap = node_rows.node;
  for (std::size_t d = node_rows.depth; d < model_.depth_; ++d) heap = 2 * heap + 1;
  const std::size_t inner = (std::size_t{1} << model_.depth_) - 1;
  model_.leaf_[first_leaf_ + heap - inner] = static_cast<float>(settings_.learning_rate * value);
}

void TreeGrower::descend(const NodeRows& node_rows, const Split& split, std::size_t middle,
                         Histogram& histogram) {
  const auto [low, high] = node_rows.limits;
  const GradientPair right_sum = node_rows.sum - split.left;
  const double between =
      (std::clamp(value_of(split.left), low, high) + std::clamp(value_of(right_sum), low, high)) /
      2;
  const int direction = training_.direction.empty() ? 0 : training_.direction[split.feature];
  Limits left_limits = node_rows.limits;
  Limits right_limits = node_rows.limits;
  if (direction > 0) left_limits.high = right_limits.low = between;
  if (direction < 0) left_limits.low = right_limits.high = between;
  const NodeRows left{2 * node_rows.node + 1,
                      node_rows.depth + 1,
                      node_rows.begin,
                      middle,
                      split.left,
                      left_limits};
  const NodeRows right{2 * node_rows.node + 2, node_rows.depth + 1, middle,
                       node_rows.end,          right_sum,           right_limits};
  if (left.depth == model_.depth_) {
    set_leaf(left);
    set_leaf(right);
    return;
  }
  // Only the smaller side's histogram is counted; the other is the parent's minus it.
  const bool left_is_small = middle - node_rows.begin <= node_rows.end - middle;
  Histogram& small = histograms_[node_rows.depth];
  fill(left_is_small ? left : right, small);
  for (const std::uint8_t c : columns_) {
    for (std::size_t b = c * kBins; b < (c + 1U) * kBins; ++b) histogram[b] -= small[b];
  }
  grow_node(left, left_is_small ? small : histogram);
  grow_node(right, left_is_small ? histogram : small);
}

void TreeGrower::grow_node(const NodeRows& node_rows, Histogram& histogram) {
  const Split split = best_split(node_rows, histogram);
  if (split.gain <= 1e-6) {
    set_leaf(node_rows);
    return;
  }
  BoostedTrees::Node& node = model_.nodes_[first_node_ + node_rows.node];
  node = {split.feature, static_cast<std::uint8_t>(split.is_missing_right ? 1 : 0),
          static_cast<std::uint8_t>(split.bin - (split.is_missing_right ? 1 : 0))};
  model_.gain_[split.feature] += split.gain;
  descend(node_rows, split, part(node_rows, node), histogram);
}

void TreeGrower::grow(std::span<const GradientPair> gradient, std::vector<std::uint32_t>& rows,
                      std::uint64_t stream, std::span<float> margin) {
  gradient_ = gradient;
  rows_.swap(rows);
  choose_columns(stream);
  first_node_ = model_.nodes_.size();
  first_leaf_ = model_.leaf_.size();
  const std::size_t leaves = std::size_t{1} << model_.depth_;
  model_.nodes_.resize(first_node_ + leaves - 1);
  model_.leaf_.resize(first_leaf_ + leaves, 0);
  GradientPair sum = 0;
  for (const std::uint32_t r : rows_) sum += gradient[r];
  constexpr double kNone = std::numeric_limits<double>::infinity();
  const NodeRows whole{0, 0, 0, rows_.size(), sum, {-kNone, kNone}};
  fill(whole, root_);
  grow_node(whole, root_);
  for (std::size_t r = 0; r < margin.size(); ++r) {
    margin[r] += model_.tree_value(first_node_, first_leaf_, training_.rows.row(r));
  }
  rows_.swap(rows);
}

}  // namespace overland::scoring
