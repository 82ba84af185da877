#include "scoring/rescore.h"

#include <gtest/gtest.h>

#include <cmath>

#include "scoring/false_discovery.h"
#include "support/random_features.h"

namespace overland::scoring {
namespace {

struct Reported {
  std::size_t targets = 0, real = 0;
};

Reported report(const support::RandomFeatures& data, const Rescored& rescored, double k,
                double q_limit) {
  std::vector<float> score;
  std::vector<std::uint32_t> pair;
  std::vector<std::uint8_t> is_decoy;
  for (const std::uint32_t r : rescored.best_row) {
    score.push_back(rescored.score[r]);
    pair.push_back(data.matrix.pair[r]);
    is_decoy.push_back(data.matrix.is_decoy[r]);
  }
  const ErrorRates rates = error_rates(score, pair, is_decoy, k);
  Reported reported;
  for (std::size_t i = 0; i < score.size(); ++i) {
    if (is_decoy[i] != 0 || rates.q_value[i] > q_limit) continue;
    ++reported.targets;
    reported.real += data.is_real[rescored.best_row[i]] ? 1U : 0U;
  }
  return reported;
}

Rescored rescored_of(const support::RandomFeatures& data, const RescoreSettings& settings,
                     int threads = 2) {
  return rescore(data.matrix, data.column(0), settings, threads);
}

RescoreSettings settings_for(const std::string& model, double k) {
  RescoreSettings settings;
  settings.model = from_text<RescoreModel>(model).value();
  settings.decoys_per_target = k;
  settings.trees.rounds = 30;
  return settings;
}

TEST(Rescore, finds_a_planted_signal) {
  const support::RandomFeatures data(61, 2000, 1, 10, 0.4, 6, 1.5);
  for (const std::string model : {"linear", "trees"}) {
    const Rescored rescored = rescored_of(data, settings_for(model, 1));
    EXPECT_EQ(overland::to_text(rescored.model), model);
    const Reported found = report(data, rescored, 1, 0.01);
    EXPECT_GT(found.real, 550U) << model << " of about 800";
    EXPECT_LE(static_cast<double>(found.targets - found.real),
              0.03 * static_cast<double>(found.targets))
        << model;
  }
}

// Trees deep enough to learn every training row by heart.
RescoreSettings greedy_trees() {
  RescoreSettings settings = settings_for("trees", 1);
  settings.trees.max_depth = 10;
  settings.trees.min_child_weight = 0;
  settings.trees.row_sample = 1;
  settings.trees.column_sample = 1;
  settings.trees.learning_rate = 0.5;
  return settings;
}

// The sample that trains, of the linear model, and the rows and columns of each tree.
TEST(Rescore, all_64_bits_of_a_seed_count) {
  const support::RandomFeatures data(67, 400, 1, 5, 0.4, 3, 1.5);
  constexpr std::uint64_t kSeeds[] = {1, 1 + (std::uint64_t{1} << 32)};
  for (const std::string model : {"linear", "trees"}) {
    std::vector<std::vector<float>> scores;
    for (const std::uint64_t seed : kSeeds) {
      RescoreSettings settings = settings_for(model, 1);
      settings.max_training_rows = model == "linear" ? 200 : settings.max_training_rows;
      settings.seed = settings.trees.seed = seed;
      scores.push_back(rescored_of(data, settings).score);
    }
    EXPECT_NE(scores[0], scores[1]) << model;
  }
}

// Nothing can be learned from noise, unless a model saw the rows that it scores.
TEST(Rescore, finds_about_nothing_in_noise) {
  for (const std::string model : {"linear", "trees", "greedy"}) {
    std::size_t total = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const support::RandomFeatures data(100 + seed, 400, 1, 5);
      const RescoreSettings settings = model == "greedy" ? greedy_trees() : settings_for(model, 1);
      total += report(data, rescored_of(data, settings), 1, 0.05).targets;
    }
    EXPECT_LE(total, 20U) << model << ": of 8,000 null targets in 20 tables";
  }
}

// The control of the test before: a copy of each pair in another fold is a leak, and shows.
TEST(Rescore, a_leak_between_folds_would_be_seen) {
  support::RandomFeatures data(62, 400, 1, 5);
  FeatureMatrix& matrix = data.matrix;
  const std::size_t rows = matrix.row_count();
  for (std::size_t r = 0; r < rows; ++r) {
    const std::vector<float> values(matrix.row(r).begin(), matrix.row(r).end());
    matrix.values.insert(matrix.values.end(), values.begin(), values.end());
    matrix.candidate.push_back(static_cast<std::uint32_t>(rows + r));
    matrix.pair.push_back(matrix.pair[r] + 400);
    matrix.is_decoy.push_back(matrix.is_decoy[r]);
    matrix.fold.push_back(static_cast<std::uint8_t>((matrix.fold[r] + 1) % kFolds));
    data.is_real.push_back(false);
  }
  EXPECT_GT(report(data, rescored_of(data, greedy_trees()), 1, 0.05).targets, 40U);
}

// A value that all members of a pair share, and no other pair has, cannot tell target from decoy.
TEST(Rescore, a_pairs_own_number_teaches_nothing) {
  std::size_t total = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    support::RandomFeatures data(200 + seed, 400, 1, 3);
    for (std::size_t r = 0; r < data.matrix.row_count(); ++r) {
      data.matrix.values[r * 3 + 1] = static_cast<float>(mix64(data.matrix.pair[r]) >> 44);
    }
    total += report(data, rescored_of(data, greedy_trees()), 1, 0.01).targets;
  }
  EXPECT_LE(total, 12U);
}

TEST(Rescore, several_decoys_per_target_stay_conservative_in_noise) {
  std::size_t total = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const support::RandomFeatures data(300 + seed, 200, 5, 5);
    total += report(data, rescored_of(data, settings_for("linear", 5)), 5, 0.01).targets;
  }
  EXPECT_LE(total, 20U);
}

TEST(Rescore, any_number_of_threads_gives_the_same_scores) {
  const support::RandomFeatures data(63, 500, 1, 6, 0.4, 3, 2);
  const Rescored one = rescored_of(data, settings_for("trees", 1), 1);
  for (const int threads : {2, 3, 8}) {
    const Rescored many = rescored_of(data, settings_for("trees", 1), threads);
    EXPECT_EQ(many.score, one.score) << threads;
    EXPECT_EQ(many.best_row, one.best_row) << threads;
  }
}

TEST(Rescore, empty_and_tiny_tables_are_fine) {
  for (const std::string model : {"auto", "linear", "trees"}) {
    for (const std::uint32_t pairs : {0U, 1U, 2U, 12U}) {
      const support::RandomFeatures data(64, pairs, 1, 4);
      const Rescored rescored = rescored_of(data, settings_for(model, 1));
      EXPECT_EQ(rescored.score.size(), data.matrix.row_count());
      for (const float s : rescored.score) EXPECT_TRUE(std::isfinite(s));
    }
  }
}

TEST(Rescore, a_fold_without_rows_is_fine) {
  support::RandomFeatures data(65, 900, 1, 4, 0.5, 4, 2);
  for (std::uint8_t& fold : data.matrix.fold) fold = fold == 2 ? 0 : fold;
  const Rescored rescored = rescored_of(data, settings_for("trees", 1));
  EXPECT_GT(report(data, rescored, 1, 0.05).real, 240U);
}

TEST(BestRows, take_the_first_of_the_best) {
  FeatureMatrix matrix;
  matrix.candidate = {7, 7, 7, 9, 3, 3};
  const std::vector<float> score{1, 4, 4, -2, 5, 5};
  EXPECT_EQ(best_rows(matrix, score), (std::vector<std::uint32_t>{1, 3, 4}));
  EXPECT_TRUE(best_rows(FeatureMatrix(), {}).empty());
}

}  // namespace
}  // namespace overland::scoring
