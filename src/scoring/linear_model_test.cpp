#include "scoring/linear_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "support/random_features.h"

namespace overland::scoring {
namespace {

struct Labelled {
  FeatureMatrix matrix;
  std::vector<std::uint32_t> rows;
  std::vector<std::uint8_t> label;
};

// Two classes around +- mean, independent columns of the given standard deviations.
Labelled two_classes(std::uint64_t seed, std::size_t count, const std::vector<double>& mean,
                     const std::vector<double>& sd) {
  Rng rng(seed, 0);
  Labelled data;
  data.matrix.names.resize(mean.size());
  for (std::size_t i = 0; i < count; ++i) {
    const bool positive = rng.below(2) == 0;
    for (std::size_t c = 0; c < mean.size(); ++c) {
      data.matrix.values.push_back(
          static_cast<float>((positive ? 1 : -1) * mean[c] + sd[c] * rng.normal()));
    }
    data.matrix.candidate.push_back(static_cast<std::uint32_t>(i));
    data.rows.push_back(static_cast<std::uint32_t>(i));
    data.label.push_back(positive ? 1 : 0);
  }
  return data;
}

double share_in_order(const Labelled& data, const LinearModel& model) {  // area under the curve
  double better = 0;
  double all = 0;
  for (const std::uint32_t a : data.rows) {
    for (const std::uint32_t b : data.rows) {
      if (data.label[a] != 1 || data.label[b] != 0) continue;
      better += model.score(data.matrix.row(a)) > model.score(data.matrix.row(b)) ? 1 : 0;
      all += 1;
    }
  }
  return better / all;
}

TEST(LinearModel, finds_the_direction_of_fishers_discriminant) {
  // Independent columns: weights on standardised columns go with mean x total sd / within variance.
  const std::vector<double> mean{1, 0.5, 0, -0.8};
  const std::vector<double> sd{1, 2, 1, 0.5};
  const Labelled data = two_classes(41, 20000, mean, sd);
  const LinearModel model = LinearModel::train(data.matrix, data.rows, data.label);
  double dot = 0, norm_expected = 0, norm_got = 0;
  for (std::size_t c = 0; c < mean.size(); ++c) {
    const double total_sd = std::sqrt(sd[c] * sd[c] + mean[c] * mean[c]);
    const double expected = mean[c] * total_sd / (sd[c] * sd[c]);
    dot += expected * model.weights()[c];
    norm_expected += expected * expected;
    norm_got += model.weights()[c] * model.weights()[c];
  }
  EXPECT_GT(dot / std::sqrt(norm_expected * norm_got), 0.98);
  EXPECT_GT(share_in_order(two_classes(42, 500, mean, sd), model), 0.97);
}

TEST(LinearModel, missing_values_count_as_the_mean) {
  Labelled data = two_classes(43, 3000, {1, 1}, {1, 1});
  Rng rng(44, 0);
  for (float& value : data.matrix.values) {
    if (rng.below(4) == 0) value = std::numeric_limits<float>::quiet_NaN();
  }
  const LinearModel model = LinearModel::train(data.matrix, data.rows, data.label);
  EXPECT_GT(share_in_order(data, model), 0.85);
  const float missing = std::numeric_limits<float>::quiet_NaN();
  const float neither = model.score(std::vector<float>{missing, missing});
  EXPECT_EQ(neither, 0);
  EXPECT_GT(model.score(std::vector<float>{2, missing}), neither);
  EXPECT_LT(model.score(std::vector<float>{missing, -2}), neither);
}

TEST(LinearModel, constant_and_wholly_missing_columns_do_nothing) {
  Labelled data = two_classes(45, 1000, {1, 0, 0}, {1, 1, 1});
  for (std::size_t r = 0; r < data.rows.size(); ++r) {
    data.matrix.values[r * 3 + 1] = 640.25F;
    data.matrix.values[r * 3 + 2] = std::numeric_limits<float>::quiet_NaN();
  }
  const LinearModel model = LinearModel::train(data.matrix, data.rows, data.label);
  for (const double w : model.weights()) EXPECT_TRUE(std::isfinite(w));
  EXPECT_EQ(model.score(std::vector<float>{1, 640.25F, 0}),
            model.score(std::vector<float>{1, 1e9F, 99}));
  EXPECT_GT(share_in_order(data, model), 0.9);
}

TEST(LinearModel, a_copied_column_and_an_outlier_leave_it_finite) {
  Labelled data = two_classes(46, 400, {1, 1}, {1, 1});
  for (std::size_t r = 0; r < data.rows.size(); ++r) {
    data.matrix.values[r * 2 + 1] = data.matrix.values[r * 2];
  }
  data.matrix.values[0] = 1e30F;
  const LinearModel model = LinearModel::train(data.matrix, data.rows, data.label);
  for (const double w : model.weights()) EXPECT_TRUE(std::isfinite(w));
  EXPECT_TRUE(std::isfinite(model.score(data.matrix.row(0))));
}

TEST(LinearModel, one_class_alone_gives_finite_scores) {
  Labelled data = two_classes(47, 50, {1}, {1});
  std::fill(data.label.begin(), data.label.end(), std::uint8_t{1});
  const LinearModel model = LinearModel::train(data.matrix, data.rows, data.label);
  EXPECT_TRUE(std::isfinite(model.score(data.matrix.row(3))));
}

}  // namespace
}  // namespace overland::scoring
