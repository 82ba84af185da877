#include "scoring/false_discovery.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/rng.h"

namespace overland::scoring {
namespace {

struct Rows {
  std::vector<float> score;
  std::vector<std::uint32_t> pair;
  std::vector<std::uint8_t> is_decoy;
  void add(float s, std::uint32_t p, bool decoy) {
    score.push_back(s);
    pair.push_back(p);
    is_decoy.push_back(decoy ? 1 : 0);
  }
};

// Pairs of a target and k decoys; a share of the targets is real. Scores on a grid: many ties.
Rows random_rows(Rng& rng, std::uint32_t pairs, int k, double real_share, double grid) {
  Rows rows;
  const auto draw = [&](double shift) {
    const double s = rng.normal() + shift;
    return static_cast<float>(grid > 0 ? std::floor(s / grid) * grid : s);
  };
  for (std::uint32_t p = 0; p < pairs; ++p) {
    rows.add(draw(rng.uniform() < real_share ? 3 : 0), p, false);
    for (int d = 0; d < k; ++d) rows.add(draw(0), p, true);
  }
  for (std::size_t i = rows.score.size(); i > 1; --i) {  // in any order
    const std::size_t other = rng.below(i);
    std::swap(rows.score[i - 1], rows.score[other]);
    std::swap(rows.pair[i - 1], rows.pair[other]);
    std::swap(rows.is_decoy[i - 1], rows.is_decoy[other]);
  }
  return rows;
}

// Row that wins its pair: the best score, on a tie a decoy, then the first.
std::map<std::uint32_t, std::size_t> winners_slowly(const Rows& rows) {
  std::map<std::uint32_t, std::size_t> winner;
  for (std::size_t i = 0; i < rows.score.size(); ++i) {
    const auto [it, is_new] = winner.emplace(rows.pair[i], i);
    const std::size_t w = it->second;
    const bool is_tie = rows.score[i] == rows.score[w];
    if (rows.score[i] > rows.score[w] || (is_tie && rows.is_decoy[i] > rows.is_decoy[w])) {
      it->second = i;
    }
  }
  return winner;
}

// The formula at every threshold, which takes all winners at or above a score.
double q_slowly(const Rows& rows, const std::map<std::uint32_t, std::size_t>& winners, float score,
                double k) {
  double best = 1;
  for (const auto& [unused, threshold_row] : winners) {
    const float threshold = rows.score[threshold_row];
    if (threshold > score) continue;
    double targets = 0;
    double decoys = 0;
    for (const auto& [pair, w] : winners) {
      if (rows.score[w] < threshold) continue;
      (rows.is_decoy[w] != 0 ? decoys : targets) += 1;
    }
    if (targets > 0) best = std::min(best, (1 + decoys) / (k * targets));
  }
  return best;
}

TEST(ErrorRates, equal_the_formula_at_every_threshold) {
  Rng rng(31, 0);
  for (int round = 0; round < 60; ++round) {
    const int k = 1 + static_cast<int>(rng.below(5));
    const Rows rows = random_rows(rng, 1 + static_cast<std::uint32_t>(rng.below(80)), k, 0.4,
                                  round % 2 == 0 ? 0.5 : 0);
    const ErrorRates rates = error_rates(rows.score, rows.pair, rows.is_decoy, k);
    const auto winners = winners_slowly(rows);
    for (std::size_t i = 0; i < rows.score.size(); ++i) {
      const std::size_t winner = winners.at(rows.pair[i]);
      if (winner != i) {
        EXPECT_EQ(rates.q_value[i], 1) << "a loser";
        EXPECT_EQ(rates.pep[i], 1);
        continue;
      }
      EXPECT_NEAR(rates.q_value[i], q_slowly(rows, winners, rows.score[i], k), 1e-12)
          << round << ' ' << i;
    }
  }
}

TEST(ErrorRates, never_fall_when_the_score_falls_and_are_equal_for_equal_scores) {
  Rng rng(32, 0);
  for (int round = 0; round < 40; ++round) {
    const Rows rows = random_rows(rng, 300, 1 + round % 3, 0.5, round % 2 == 0 ? 0.25 : 0);
    const ErrorRates rates = error_rates(rows.score, rows.pair, rows.is_decoy, 1 + round % 3);
    const std::vector<std::uint32_t> order = compete(rows.score, rows.pair, rows.is_decoy).winners;
    for (std::size_t i = 1; i < order.size(); ++i) {
      const bool is_tie = rows.score[order[i]] == rows.score[order[i - 1]];
      EXPECT_GE(rates.q_value[order[i]], rates.q_value[order[i - 1]]);
      EXPECT_GE(rates.pep[order[i]], rates.pep[order[i - 1]] - 1e-12);
      if (is_tie) {
        EXPECT_EQ(rates.q_value[order[i]], rates.q_value[order[i - 1]]);
      }
      if (is_tie) {
        EXPECT_NEAR(rates.pep[order[i]], rates.pep[order[i - 1]], 1e-12);
      }
      EXPECT_GE(rates.pep[order[i]], 0);
      EXPECT_LE(rates.pep[order[i]], 1);
    }
  }
}

TEST(ErrorRates, a_decoy_on_top_and_ties_go_against_the_target) {
  Rows rows;
  rows.add(9, 0, true);
  rows.add(1, 0, false);
  for (std::uint32_t p = 1; p <= 100; ++p) {
    rows.add(8, p, false);
    rows.add(1, p, true);
  }
  const ErrorRates rates = error_rates(rows.score, rows.pair, rows.is_decoy, 1);
  EXPECT_EQ(rates.q_value[0], 0.02);  // the running minimum reaches it
  EXPECT_EQ(rates.q_value[1], 1);
  EXPECT_EQ(rates.q_value[2], 0.02);
  const std::vector<float> tie{5, 5};
  const ErrorRates tied =
      error_rates(tie, std::vector<std::uint32_t>{0, 0}, std::vector<std::uint8_t>{0, 1}, 1);
  EXPECT_EQ(tied.q_value, (std::vector<double>{1, 1}));
}

TEST(ErrorRates, of_no_rows_targets_or_decoys) {
  EXPECT_TRUE(error_rates({}, {}, {}, 1).q_value.empty());
  const std::vector<float> score{3, 2, 1};
  const std::vector<std::uint32_t> pair{0, 1, 2};
  const ErrorRates targets = error_rates(score, pair, std::vector<std::uint8_t>{0, 0, 0}, 1);
  for (const double q : targets.q_value) EXPECT_NEAR(q, 1.0 / 3, 1e-12);
  const ErrorRates decoys = error_rates(score, pair, std::vector<std::uint8_t>{1, 1, 1}, 1);
  EXPECT_EQ(decoys.q_value, (std::vector<double>{1, 1, 1}));
  EXPECT_EQ(decoys.pep, (std::vector<double>{1, 1, 1}));
}

struct Simulated {
  double mean_proportion = 0;  // false among the reported
  double mean_reported = 0;
};

// `real_share` of the targets score higher; everything else is null, targets like decoys.
Simulated simulate(std::uint64_t seed, int k, double real_share, double q_limit) {
  constexpr int kDataSets = 200;
  Simulated result;
  for (int set = 0; set < kDataSets; ++set) {
    Rng rng(seed, static_cast<std::uint64_t>(set));
    Rows rows;
    std::vector<bool> is_real;
    for (std::uint32_t p = 0; p < 400; ++p) {
      is_real.push_back(rng.uniform() < real_share);
      rows.add(static_cast<float>(rng.normal() + (is_real.back() ? 3.5 : 0)), p, false);
      for (int d = 0; d < k; ++d) rows.add(static_cast<float>(rng.normal()), p, true);
    }
    const ErrorRates rates = error_rates(rows.score, rows.pair, rows.is_decoy, k);
    double reported = 0;
    double wrong = 0;
    for (std::size_t i = 0; i < rows.score.size(); ++i) {
      if (rows.is_decoy[i] != 0 || rates.q_value[i] > q_limit) continue;
      reported += 1;
      wrong += is_real[rows.pair[i]] ? 0 : 1;
    }
    result.mean_proportion += wrong / std::max(reported, 1.0) / kDataSets;
    result.mean_reported += reported / kDataSets;
  }
  return result;
}

// Standard error of 200 proportions that are 0 or 1: at most 0.016.
TEST(ErrorRates, are_conservative_when_all_targets_are_null) {
  for (const int k : {1, 5}) {
    EXPECT_LE(simulate(33, k, 0, 0.05).mean_proportion, 0.05 + 0.03) << k;
  }
}

TEST(ErrorRates, hold_for_mixtures_and_lose_little) {
  for (const int k : {1, 5}) {
    for (const double q : {0.01, 0.05}) {
      const Simulated s = simulate(34, k, 0.5, q);
      EXPECT_LE(s.mean_proportion, q + 0.004) << k << ' ' << q;
      EXPECT_GT(s.mean_reported, q < 0.02 ? 80 : 150) << k;  // of 200 real ones
    }
  }
}

}  // namespace
}  // namespace overland::scoring
