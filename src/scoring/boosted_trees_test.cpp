#include "scoring/boosted_trees.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "support/random_features.h"

namespace overland::scoring {
namespace {

struct Training {
  support::RandomFeatures data{51, 600, 1, 8, 0.5, 3, 2.0};
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

std::vector<float> train_and_score(const Training& t, std::span<const std::int8_t> direction = {}) {
  const FeatureBins bins = FeatureBins::fit(t.data.matrix, t.rows);
  const BinnedRows rows = bin_rows(bins, t.data.matrix, t.rows);
  const BoostedTrees model = BoostedTrees::train({rows, t.label, direction}, few_rounds());
  std::vector<float> scores;
  for (std::size_t r = 0; r < rows.size(); ++r) scores.push_back(model.score(rows.row(r)));
  return scores;
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
  for (const float score : train_and_score(t)) EXPECT_TRUE(std::isfinite(score));
  t.rows.clear();
  t.label.clear();
  EXPECT_TRUE(train_and_score(t).empty());
}

// One tree with one split, on all rows and columns: the best of all limits by the formula.
TEST(BoostedTrees, split_where_the_loss_falls_most) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const support::RandomFeatures data(500 + seed, 100, 1, 4, 0.5, 1, 1.0);
    std::vector<std::uint32_t> rows(data.matrix.row_count());
    std::iota(rows.begin(), rows.end(), 0U);
    std::vector<std::uint8_t> label;
    for (const bool real : data.is_real) label.push_back(real ? 1 : 0);
    const BinnedRows binned = bin_rows(FeatureBins::fit(data.matrix, rows), data.matrix, rows);
    const TreeSettings stump{.rounds = 1,
                             .learning_rate = 1,
                             .max_depth = 1,
                             .min_child_weight = 1,
                             .row_sample = 1,
                             .column_sample = 1};
    const BoostedTrees model = BoostedTrees::train({binned, label, {}}, stump);
    const double n = static_cast<double>(rows.size());
    const double positives = std::accumulate(label.begin(), label.end(), 0.5);
    const double p = positives / (n + 1);
    const double h = p * (1 - p);
    double best = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      for (std::uint8_t limit = 1; limit < kBins; ++limit) {
        double left = 0, in_left = 0, whole = 0;
        for (std::size_t r = 0; r < rows.size(); ++r) {
          const double g = p - label[r];
          whole += g;
          if (binned.row(r)[c] > limit) continue;
          left += g;
          in_left += 1;
        }
        if (h * in_left < 1 || h * (n - in_left) < 1) continue;
        const double right = whole - left;
        best = std::max(best, left * left / (h * in_left + 1) +
                                  right * right / (h * (n - in_left) + 1) -
                                  whole * whole / (h * n + 1));
      }
    }
    const double gain = std::accumulate(model.gain().begin(), model.gain().end(), 0.0);
    EXPECT_NEAR(gain, best, 0.01 * best) << "seed " << seed;
  }
}

TEST(BoostedTrees, a_direction_is_never_gone_against) {
  Training t;
  std::vector<std::int8_t> direction(8, 0);
  direction[0] = 1;
  direction[1] = -1;  // against the data: real targets have more of it
  const FeatureBins bins = FeatureBins::fit(t.data.matrix, t.rows);
  const BinnedRows rows = bin_rows(bins, t.data.matrix, t.rows);
  const BoostedTrees model = BoostedTrees::train({rows, t.label, direction}, few_rounds());
  for (std::size_t r = 0; r < rows.size(); r += 7) {
    for (const std::size_t c : {0U, 1U}) {
      std::vector<std::uint8_t> row(rows.row(r), rows.row(r) + rows.width);
      row[c] = 1;
      float last = model.score(row.data());
      for (std::uint8_t b = 2; b < kBins; ++b) {
        row[c] = b;
        const float score = model.score(row.data());
        EXPECT_GE(static_cast<float>(direction[c]) * (score - last), 0) << r << ' ' << int{b};
        last = score;
      }
    }
  }
}

TEST(BoostedTrees, gain_names_the_columns_that_tell) {
  const Training t;
  const FeatureBins bins = FeatureBins::fit(t.data.matrix, t.rows);
  const BinnedRows rows = bin_rows(bins, t.data.matrix, t.rows);
  const BoostedTrees model = BoostedTrees::train({rows, t.label, {}}, few_rounds());
  for (std::size_t told = 0; told < 3; ++told) {
    for (std::size_t noise = 3; noise < 8; ++noise) {
      EXPECT_GT(model.gain()[told], 3 * model.gain()[noise]);
    }
  }
}

TEST(FeatureBins, keep_the_order_of_values_and_the_missing_apart) {
  FeatureMatrix matrix;
  matrix.names = {"few", "many"};
  Rng rng(52, 0);
  std::vector<std::uint32_t> rows(3000);
  std::iota(rows.begin(), rows.end(), 0U);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    matrix.values.push_back(static_cast<float>(rng.below(5)));
    matrix.values.push_back(static_cast<float>(rng.normal()));
    matrix.candidate.push_back(static_cast<std::uint32_t>(r));
  }
  const FeatureBins bins = FeatureBins::fit(matrix, rows);
  const BinnedRows binned = bin_rows(bins, matrix, rows);
  std::vector<int> per_bin(kBins, 0);
  for (std::size_t a = 0; a < rows.size(); ++a) {
    EXPECT_EQ(binned.row(a)[0], 1 + static_cast<int>(matrix.row(a)[0])) << "a bin for each value";
    ++per_bin[binned.row(a)[1]];
    const std::size_t b = rng.below(rows.size());
    if (matrix.row(a)[1] < matrix.row(b)[1]) {
      EXPECT_LE(binned.row(a)[1], binned.row(b)[1]);
    }
  }
  EXPECT_EQ(per_bin[0], 0);
  for (std::size_t b = 1; b < kBins; ++b) EXPECT_NEAR(per_bin[b], 3000 / 63, 5) << b;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<std::uint8_t> out(2);
  bins.bin(std::vector<float>{std::numeric_limits<float>::quiet_NaN(), kInfinity}, out);
  EXPECT_EQ(out, (std::vector<std::uint8_t>{0, 63}));
  bins.bin(std::vector<float>{-kInfinity, -kInfinity}, out);
  EXPECT_EQ(out, (std::vector<std::uint8_t>{1, 1}));
}

TEST(BoostedTrees, refuse_what_their_sums_or_bytes_cannot_hold) {
  const auto train = [](std::size_t rows, std::size_t width, std::size_t labels) {
    const BinnedRows binned{width, std::vector<std::uint8_t>(rows * width)};
    const std::vector<std::uint8_t> label(labels);
    TreeSettings settings;
    settings.rounds = 1;
    (void)BoostedTrees::train({binned, label, {}}, settings);
  };
  EXPECT_NO_THROW(train(kMaxTrainingRows, 1, kMaxTrainingRows));
  EXPECT_THROW(train(kMaxTrainingRows + 1, 1, kMaxTrainingRows + 1), CheckFailed);
  EXPECT_NO_THROW(train(20, 255, 20));
  EXPECT_THROW(train(20, 256, 20), CheckFailed);
  EXPECT_THROW(train(20, 3, 19), CheckFailed);
}

}  // namespace
}  // namespace overland::scoring
