#include "scoring/boosted_trees.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/check.h"
#include "base/pinned_math.h"
#include "base/rng.h"
#include "scoring/tree_growth.h"

namespace overland::scoring {
namespace {

// Table of the logistic function between -10 and 10 in steps of 1/512, in units of the gradient.
class LogisticTable {
 public:
  LogisticTable() {
    for (std::size_t i = 0; i < kSteps; ++i) {
      const double x = (static_cast<double>(i) - kSteps / 2.0) / kPerUnit;
      value_[i] = static_cast<std::int16_t>(pinned::logistic(x) * kGradientUnit + 0.5);
    }
  }
  [[nodiscard]] GradientPair gradient(float margin, std::uint8_t label) const {
    const float place = std::clamp(margin * kPerUnit + kSteps / 2.0F, 0.0F, kSteps - 1.0F);
    const std::int64_t p = value_[static_cast<std::size_t>(place)];
    const std::int64_t g = p - (label != 0 ? kGradientUnit : 0);
    const std::int64_t h = std::max<std::int64_t>(p * (kGradientUnit - p) / kGradientUnit, 1);
    return g * (std::int64_t{1} << 32) + h;
  }

 private:
  static constexpr int kPerUnit = 512;
  static constexpr std::size_t kSteps = 20 * kPerUnit;
  std::array<std::int16_t, kSteps> value_{};
};

}  // namespace

BoostedTrees BoostedTrees::train(const TrainingRows& training, const TreeSettings& settings,
                                 const Machine& machine) {
  check(training.rows.size() <= kMaxTrainingRows,
        "the sums of gradients hold at most 250,000 training rows");
  check(training.rows.width <= std::numeric_limits<std::uint8_t>::max(),
        "a tree names a column by one byte");
  check(training.label.size() == training.rows.size(), "each training row has a label");
  static const LogisticTable logistic;
  BoostedTrees model;
  TreeGrower grower(training, settings, model);
  const std::size_t n = training.rows.size();
  double positives = 0.5;
  for (const std::uint8_t label : training.label) positives += label;
  model.start_ =
      static_cast<float>(pinned::log(positives / (static_cast<double>(n) + 1 - positives)));
  std::vector<float> margin(n, model.start_);
  std::vector<GradientPair> gradient(n);
  std::vector<std::uint32_t> rows;
  for (int round = 0; round < settings.rounds; ++round) {
    machine.check_cancelled();
    rows.clear();
    Rng rng(settings.seed, 2 * static_cast<std::uint64_t>(round));
    for (std::uint32_t r = 0; r < n; ++r) {
      gradient[r] = logistic.gradient(margin[r], training.label[r]);
      if (rng.uniform() < settings.row_sample) rows.push_back(r);
    }
    grower.grow(gradient, rows, 2 * static_cast<std::uint64_t>(round) + 1, margin);
  }
  return model;
}

float BoostedTrees::score(const std::uint8_t* row) const {
  const std::size_t leaves = std::size_t{1} << depth_;
  float sum = start_;
  for (std::size_t leaf = 0, node = 0; leaf < leaf_.size(); leaf += leaves, node += leaves - 1) {
    sum += tree_value(node, leaf, row);
  }
  return sum;
}

}  // namespace overland::scoring
