#include "scoring/entrapment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "base/rng.h"

namespace overland::scoring {
namespace {

const std::vector<double> kThresholds{0.001, 0.01, 0.03, 0.05, 0.1};

// Pairs in several runs; either member may be missing, scores and q-values are unrelated.
std::vector<AuditRow> random_rows(std::uint64_t seed, std::uint32_t clusters, std::uint32_t runs) {
  std::vector<AuditRow> rows;
  Rng rng(seed, 0);
  for (std::uint32_t cluster = 0; cluster < clusters; ++cluster) {
    for (std::uint32_t run = 0; run < runs; ++run) {
      for (const bool is_entrapment : {false, true}) {
        if (rng.uniform() < (is_entrapment ? 0.6 : 0.3)) continue;
        rows.push_back(
            {cluster, run, is_entrapment, 0.12 * rng.uniform(), static_cast<float>(rng.below(5))});
      }
    }
  }
  return rows;
}

void shuffle(std::vector<AuditRow>& rows, std::uint64_t seed) {
  Rng rng(seed, 9);
  for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[rng.below(i)]);
}

struct Plain {
  std::uint64_t targets = 0, entrapments = 0, alone = 0, higher = 0;
};

// Straight from the definitions.
Plain count_plainly(const std::vector<AuditRow>& rows, double threshold) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::pair<const AuditRow*, const AuditRow*>>
      accepted;
  Plain plain;
  for (const AuditRow& row : rows) {
    if (row.q_value > threshold) continue;
    auto& pair = accepted[{row.cluster, row.run}];
    (row.is_entrapment ? pair.second : pair.first) = &row;
    ++(row.is_entrapment ? plain.entrapments : plain.targets);
  }
  for (const auto& [key, pair] : accepted) {
    if (pair.second == nullptr) continue;
    if (pair.first == nullptr) ++plain.alone;
    if (pair.first != nullptr && pair.second->score >= pair.first->score) ++plain.higher;
  }
  return plain;
}

TEST(AuditCurve, counts_as_the_definitions_do_whatever_the_order) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::vector<AuditRow> rows = random_rows(seed, 60, 3);
    shuffle(rows, seed);
    const auto curve = audit_curve(rows, kThresholds, {.is_paired = true, .resamples = 0});
    ASSERT_EQ(curve.size(), kThresholds.size());
    for (const AuditPoint& point : curve) {
      const Plain plain = count_plainly(rows, point.q_value);
      ASSERT_EQ(point.targets, plain.targets) << seed;
      ASSERT_EQ(point.entrapments, plain.entrapments) << seed;
      const double all = static_cast<double>(plain.targets + plain.entrapments);
      if (all == 0) continue;
      const auto e = static_cast<double>(plain.entrapments);
      EXPECT_DOUBLE_EQ(point.fdp.lower_bound, e / all);
      EXPECT_DOUBLE_EQ(point.fdp.combined, std::min(1.0, 2 * e / all));
      EXPECT_DOUBLE_EQ(point.fdp.paired, std::min(1.0, (e + static_cast<double>(plain.alone) +
                                                        2 * static_cast<double>(plain.higher)) /
                                                           all))
          << seed << " at " << point.q_value;
    }
  }
}

TEST(AuditCurve, another_ratio_has_no_paired_estimate) {
  const auto rows = random_rows(3, 60, 1);
  const auto curve = audit_curve(rows, kThresholds, {.ratio = 0.25, .resamples = 20});
  const AuditPoint& last = curve.back();
  EXPECT_TRUE(std::isnan(last.fdp.paired) && std::isnan(last.low.paired));
  EXPECT_DOUBLE_EQ(last.fdp.combined, std::min(1.0, 5 * last.fdp.lower_bound));
  EXPECT_EQ(upper_bound(last.fdp), last.fdp.combined);
}

TEST(AuditCurve, threads_do_not_change_a_bit) {
  const auto rows = random_rows(5, 80, 2);
  AuditSettings settings{.is_paired = true, .resamples = 50, .machine = 1};
  const auto one = audit_curve(rows, kThresholds, settings);
  settings.machine = 4;
  const auto four = audit_curve(rows, kThresholds, settings);
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].low.paired, four[i].low.paired);
    EXPECT_EQ(one[i].high.paired, four[i].high.paired);
  }
}

// Run after run, and in more pieces than steps are kept without merging them.
TEST(AuditCurve, pieces_of_rows_give_the_curve_of_all_rows) {
  constexpr std::uint32_t kRuns = 40;
  std::vector<AuditRow> rows = random_rows(7, 600, kRuns);
  const AuditSettings settings{.is_paired = true, .resamples = 20};
  const auto whole = audit_curve(rows, kThresholds, settings);
  AuditSteps steps(kThresholds);
  for (std::uint32_t run = kRuns; run-- > 0;) {
    std::vector<AuditRow> piece;
    std::ranges::copy_if(rows, std::back_inserter(piece),
                         [&](const AuditRow& row) { return row.run == run; });
    steps.add(std::move(piece));
  }
  steps.add({});
  const auto pieced = steps.curve(settings);
  ASSERT_EQ(pieced.size(), whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(pieced[i].targets, whole[i].targets);
    EXPECT_EQ(pieced[i].entrapments, whole[i].entrapments);
    EXPECT_EQ(pieced[i].fdp.paired, whole[i].fdp.paired);
    EXPECT_EQ(pieced[i].low.paired, whole[i].low.paired);
    EXPECT_EQ(pieced[i].high.combined, whole[i].high.combined);
  }
}

// n accepted, a share of them entrapments.
std::vector<AuditRow> accepted_rows(std::uint32_t n, double share, std::uint32_t runs) {
  std::vector<AuditRow> rows;
  for (std::uint32_t i = 0; i < n; ++i) {
    for (std::uint32_t run = 0; run < runs; ++run) {
      rows.push_back({i, run, i < share * n, 0.005, 1});
    }
  }
  return rows;
}

TEST(AuditCurve, intervals_are_those_of_a_binomial_share) {
  constexpr double kShare = 0.02;
  const auto curve = audit_curve(accepted_rows(5000, kShare, 1), kThresholds, {.is_paired = true});
  const double half = 1.96 * std::sqrt(kShare * (1 - kShare) / 5000);
  EXPECT_NEAR(curve[1].low.lower_bound, kShare - half, 0.0006);
  EXPECT_NEAR(curve[1].high.lower_bound, kShare + half, 0.0006);
  EXPECT_NEAR(curve[1].high.paired, 2 * (kShare + half), 0.0012);
  EXPECT_EQ(curve[0].targets, 0U) << "none at 0.1 %";
  EXPECT_TRUE(std::isnan(curve[0].high.lower_bound));
}

TEST(AuditCurve, a_pair_in_many_runs_is_one_witness) {
  const auto one = audit_curve(accepted_rows(2000, 0.02, 1), kThresholds, {});
  const auto many = audit_curve(accepted_rows(2000, 0.02, 9), kThresholds, {});
  EXPECT_EQ(many[1].entrapments, 9 * one[1].entrapments);
  EXPECT_NEAR(many[1].high.combined, one[1].high.combined, 1e-12);
}

TEST(AuditCurve, no_entrapment_seen_is_no_proof_of_none) {
  const auto curve = audit_curve(accepted_rows(1000, 0, 1), kThresholds, {.is_paired = true});
  EXPECT_EQ(curve[1].fdp.combined, 0);
  EXPECT_NEAR(curve[1].high.combined, 2 * 3.69 / 1000, 1e-9);
  EXPECT_NEAR(curve[1].high.paired, 2 * 3.69 / 1000, 1e-9);
  EXPECT_EQ(curve[1].low.combined, 0);
}

AuditPoint point_of(std::uint64_t targets, std::uint64_t entrapments) {
  const auto rows = accepted_rows(
      static_cast<std::uint32_t>(targets + entrapments),
      static_cast<double>(entrapments) / static_cast<double>(targets + entrapments), 1);
  return audit_curve(rows, std::vector<double>{0.01}, {}).front();
}

TEST(Verdict, follows_the_bounds_where_there_is_enough_to_see) {
  EXPECT_EQ(verdict_at(point_of(9960, 40), 0.01, 1), AuditVerdict::valid);
  EXPECT_EQ(verdict_at(point_of(9930, 70), 0.01, 1), AuditVerdict::inconclusive);
  EXPECT_EQ(verdict_at(point_of(9850, 150), 0.01, 1), AuditVerdict::invalid);
  EXPECT_EQ(verdict_at(point_of(990, 14), 0.01, 1), AuditVerdict::inconclusive) << "chance";
  EXPECT_EQ(verdict_at(point_of(9930, 70), 0.05, 1), AuditVerdict::valid);
}

// Where entrapments do not stand for all that can be wrong, they can refute only.
TEST(Verdict, is_never_good_without_an_upper_bound) {
  const auto verdict = [](double share) {
    const AuditPoint point = audit_curve(accepted_rows(10000, share, 1), std::vector<double>{0.01},
                                         {.is_paired = true, .has_upper_bound = false})
                                 .front();
    EXPECT_TRUE(std::isnan(upper_bound(point.fdp)) && std::isnan(upper_bound(point.high)));
    EXPECT_NEAR(point.fdp.lower_bound, share, 1e-9);
    return verdict_at(point, 0.01, 1);
  };
  EXPECT_EQ(verdict(0), AuditVerdict::inconclusive);
  EXPECT_EQ(verdict(0.004), AuditVerdict::inconclusive);
  EXPECT_EQ(verdict(0.02), AuditVerdict::invalid);
}

TEST(Verdict, says_little_about_few) {
  EXPECT_EQ(verdict_at(point_of(500, 0), 0.01, 1), AuditVerdict::inconclusive) << "2.5 expected";
  EXPECT_EQ(verdict_at(point_of(700, 0), 0.01, 1), AuditVerdict::valid) << "3.5 expected";
  EXPECT_EQ(verdict_at(point_of(49, 1), 0.01, 1), AuditVerdict::inconclusive) << "chance";
  EXPECT_EQ(verdict_at(point_of(40, 10), 0.01, 1), AuditVerdict::invalid) << "no chance";
}

}  // namespace
}  // namespace overland::scoring
