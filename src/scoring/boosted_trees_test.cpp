#include "scoring/boosted_trees.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "base/parallel.h"
#include "scoring/random_features.h"

namespace overland {
namespace {

struct Training {
  RandomFeatures data{51, 600, 1, 8, 0.5, 3, 2.0};
  std::vector<std::uint32_t> rows = std::vector<std::uint32_t>(data.matrix.row_count());
  std::vector<std::uint8_t> label;
  Training() {
    std::iota(rows.begin(), rows.end(), 0U);
    for (const bool real : data.is_real) label.push_back(real ? 1 : 0);
  }
};

TreeSettings few_rounds() {
  TreeSettings settings;
  settings.rounds = 20;
  return settings;
}

std::vector<float> train_and_score(const Training& t) {
  const auto model = BoostedTrees::train(t.data.matrix, t.rows, t.label, few_rounds());
  if (!model) return {};
  const auto scores = model->score(t.data.matrix, t.rows);
  return scores ? *scores : std::vector<float>();
}

TEST(BoostedTrees, threads_that_train_at_once_get_identical_scores) {
  const Training t;
  const std::vector<float> alone = train_and_score(t);
  ASSERT_EQ(alone.size(), t.rows.size());
  for (const int threads : {1, 2, 3, 8}) {
    std::vector<std::vector<float>> scores(8);
    parallel_for(scores.size(), threads,
                 [&](std::size_t i, int) { scores[i] = train_and_score(t); });
    for (const auto& other : scores) EXPECT_EQ(other, alone) << threads;
  }
}

TEST(BoostedTrees, separate_what_can_be_separated) {
  const Training t;
  const std::vector<float> scores = train_and_score(t);
  double real = 0, others = 0, reals = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    (t.label[i] != 0 ? real : others) += static_cast<double>(scores[i]);
    reals += t.label[i];
  }
  EXPECT_GT(real / reals, others / (static_cast<double>(scores.size()) - reals) + 2);
}

TEST(BoostedTrees, take_missing_values_and_no_rows) {
  Training t;
  for (std::size_t i = 0; i < t.data.matrix.values.size(); i += 3) {
    t.data.matrix.values[i] = std::numeric_limits<float>::quiet_NaN();
  }
  EXPECT_EQ(train_and_score(t).size(), t.rows.size());
  const auto model = BoostedTrees::train(t.data.matrix, t.rows, t.label, few_rounds());
  ASSERT_TRUE(model) << model.error().message();
  const auto none = model->score(t.data.matrix, {});
  ASSERT_TRUE(none) << none.error().message();
  EXPECT_TRUE(none->empty());
}

}  // namespace
}  // namespace overland
