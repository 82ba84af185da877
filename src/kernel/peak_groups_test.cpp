#include "kernel/peak_groups.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/rng.h"
#include "kernel/spectral_scores.h"

namespace overland::kernel {
namespace {

struct NoisyTrace {
  std::vector<float> intensity, predicted;
  std::vector<std::uint8_t> matched;
  std::vector<PointScores> points;

  NoisyTrace(std::size_t scans, std::vector<float> library)
      : intensity(scans * kTraceFragments),
        predicted(std::move(library)),
        matched(scans),
        points(scans) {
    const float sum = std::accumulate(predicted.begin(), predicted.end(), 0.0F);
    for (float& h : predicted) h /= sum;
  }
  float& at(std::size_t scan, std::size_t fragment) {
    return intensity[scan * kTraceFragments + fragment];
  }
  // What CandidateScoring would have counted.
  void count_matches() {
    for (std::size_t k = 0; k < matched.size(); ++k) {
      int seen = 0;
      for (std::size_t f = 0; f < predicted.size(); ++f) seen += at(k, f) > 0 ? 1 : 0;
      matched[k] = static_cast<std::uint8_t>(seen);
    }
  }
  [[nodiscard]] TraceView view() const { return {intensity, matched, points, predicted}; }
};

std::vector<float> random_library(Rng& rng, std::size_t fragments) {
  std::vector<float> library(fragments);
  for (float& h : library) h = static_cast<float>(0.05 + rng.uniform());
  std::sort(library.begin(), library.end(), std::greater<>());
  return library;
}

// Any sparse mess: most values 0, the rest over many orders of magnitude.
NoisyTrace random_trace(Rng& rng, std::size_t scans, double density) {
  NoisyTrace trace(scans, random_library(rng, 1 + rng.below(kTraceFragments)));
  for (std::size_t k = 0; k < scans; ++k) {
    for (std::size_t f = 0; f < trace.predicted.size(); ++f) {
      if (rng.uniform() < density) {
        trace.at(k, f) = static_cast<float>(pinned::exp(4 + 4 * rng.normal()));
      }
    }
    if (rng.below(2) == 0) continue;
    trace.points[k] = {static_cast<float>(pinned::exp(8 + 2 * rng.normal())),
                       static_cast<float>(rng.uniform()), static_cast<float>(3 * rng.uniform()),
                       static_cast<float>(rng.uniform())};
  }
  trace.count_matches();
  return trace;
}

// Adds a Gaussian peak with ion statistics; ions below the limit are not seen.
void plant(NoisyTrace& trace, Rng& rng, double apex, double sigma, double ions) {
  for (std::size_t k = 0; k < trace.matched.size(); ++k) {
    const double d = (static_cast<double>(k) - apex) / sigma;
    for (std::size_t f = 0; f < trace.predicted.size(); ++f) {
      const std::uint64_t seen =
          rng.poisson(ions * static_cast<double>(trace.predicted[f]) * pinned::exp(-0.5 * d * d));
      if (seen > 2) trace.at(k, f) += static_cast<float>(100 * seen);
    }
  }
}

TEST(PeakGroups, find_a_planted_peak_in_noise) {
  Rng rng(21, 0);
  int exact = 0;
  for (int round = 0; round < 200; ++round) {
    NoisyTrace trace(80, random_library(rng, 10));
    const double apex = 10 + 60 * rng.uniform();
    plant(trace, rng, apex, 2, 1500);
    for (std::size_t k = 0; k < 80; ++k) {
      for (std::size_t f = 0; f < 10; ++f) {
        if (rng.below(6) == 0) trace.at(k, f) += static_cast<float>(600 * rng.exponential());
      }
    }
    trace.count_matches();
    const PeakGroups groups = find_peak_groups(trace.view(), {4, 0});
    ASSERT_GE(groups.count, 1U) << round;
    const PeakGroup& best = groups.group[0];
    EXPECT_NEAR(best.apex, apex, 1.6) << round;
    exact += std::abs(static_cast<double>(best.apex) - apex) <= 1 ? 1 : 0;
    // The square root falls to a quarter at 2.35 sigma; noise may end it a little sooner or later.
    EXPECT_NEAR(best.left, apex - 4.7, 3.5) << round;
    EXPECT_NEAR(best.right, apex + 4.7, 3.5) << round;
  }
  EXPECT_GE(exact, 190);
}

TEST(PeakGroups, a_broad_peak_does_not_hide_a_second_one) {
  Rng rng(22, 0);
  int found = 0;
  for (int round = 0; round < 100; ++round) {
    NoisyTrace trace(120, random_library(rng, 10));
    plant(trace, rng, 30, 5, 100000);
    plant(trace, rng, 90, 2, 300);
    trace.count_matches();
    const PeakGroups groups = find_peak_groups(trace.view(), {4, 0});
    bool first = false;
    bool second = false;
    for (std::size_t g = 0; g < groups.count; ++g) {
      first = first || std::abs(static_cast<double>(groups.group[g].apex) - 30) <= 2;
      second = second || std::abs(static_cast<double>(groups.group[g].apex) - 90) <= 2;
    }
    EXPECT_TRUE(first) << round;
    found += second ? 1 : 0;
  }
  EXPECT_GE(found, 95);  // of 100
}

double slow_filter(const TraceView& trace, std::int64_t k) {
  if (k < 0 || k >= static_cast<std::int64_t>(trace.scan_count())) return -1;
  float sum = 0;
  for (std::size_t f = 0; f < trace.predicted.size(); ++f) {
    sum += std::sqrt(trace.predicted[f] * trace.at(static_cast<std::size_t>(k), f));
  }
  return static_cast<double>(sum);
}

// Evidence by its formula. In float with the tested similarity, for exact ties are common in sparse
// traces and rounding must not decide them differently.
double slow_evidence(const TraceView& trace, std::int64_t k, int min_matched) {
  const auto scans = static_cast<std::int64_t>(trace.scan_count());
  if (k < 0 || k >= scans) return 0;
  std::vector<float> summed(trace.predicted.size(), 0);
  int seen = 0;
  for (std::size_t f = 0; f < summed.size(); ++f) {
    for (std::int64_t d = -1; d <= 1; ++d) {
      if (k + d < 0 || k + d >= scans) continue;
      summed[f] += (d == 0 ? 2.0F : 1.0F) * trace.at(static_cast<std::size_t>(k + d), f);
    }
    seen += summed[f] > 0 ? 1 : 0;
  }
  if (seen < min_matched) return 0;
  const float similarity = sqrt_cosine(trace.predicted, summed);
  return static_cast<double>(similarity * similarity * static_cast<float>(seen));
}

struct SlowGroup {
  std::int64_t apex;
  double match_score;
};

std::int64_t slow_climb(const TraceView& trace, std::int64_t apex) {
  for (int step = 0; step < 12; ++step) {
    const double before = slow_filter(trace, apex - 1);
    const double after = slow_filter(trace, apex + 1);
    if (std::max(before, after) <= slow_filter(trace, apex)) break;
    apex += before > after ? -1 : 1;
  }
  return apex;
}

// All scans without a better one nearby, moved uphill; the best of each apex, and the best three.
std::vector<SlowGroup> slow_groups(const TraceView& trace, int min_matched) {
  std::vector<SlowGroup> summits;
  for (std::int64_t k = 0; k < static_cast<std::int64_t>(trace.scan_count()); ++k) {
    const double own = slow_evidence(trace, k, min_matched);
    bool is_best = own > 0;
    for (std::int64_t d = 1; d <= std::int64_t{kGroupSeparation}; ++d) {
      is_best = is_best && slow_evidence(trace, k - d, min_matched) < own;
      is_best = is_best && slow_evidence(trace, k + d, min_matched) <= own;
    }
    if (is_best) summits.push_back({slow_climb(trace, k), own});
  }
  std::stable_sort(summits.begin(), summits.end(), [](const SlowGroup& a, const SlowGroup& b) {
    return a.match_score > b.match_score;
  });
  std::vector<SlowGroup> groups;
  for (const SlowGroup& summit : summits) {
    const bool is_known = std::any_of(groups.begin(), groups.end(),
                                      [&](const SlowGroup& g) { return g.apex == summit.apex; });
    if (!is_known && groups.size() < kMaxPeakGroups) groups.push_back(summit);
  }
  return groups;
}

TEST(PeakGroups, equal_a_search_over_all_scans) {
  Rng rng(23, 0);
  for (int round = 0; round < 400; ++round) {
    const NoisyTrace trace = random_trace(rng, 1 + rng.below(60), 0.1 + 0.6 * rng.uniform());
    const auto min_matched = static_cast<std::uint8_t>(1 + rng.below(5));
    const PeakGroups groups = find_peak_groups(trace.view(), {min_matched, 0});
    const std::vector<SlowGroup> expected = slow_groups(trace.view(), min_matched);
    ASSERT_EQ(groups.count, expected.size()) << round;
    for (std::size_t g = 0; g < groups.count; ++g) {
      EXPECT_EQ(groups.group[g].apex, expected[g].apex) << round;
      EXPECT_NEAR(groups.group[g].match_score, expected[g].match_score,
                  1e-4 * expected[g].match_score);
    }
  }
}

// A floor of match_score leaves out the groups below it and changes none of the others.
TEST(PeakGroups, below_the_least_evidence_are_left_out) {
  Rng rng(26, 0);
  std::size_t left_out = 0;
  for (int round = 0; round < 300; ++round) {
    const NoisyTrace trace = random_trace(rng, 1 + rng.below(12), 0.2 + 0.6 * rng.uniform());
    const PeakGroups all = find_peak_groups(trace.view(), {2, 0});
    const PeakGroups some = find_peak_groups(trace.view(), {2, 2.5F});
    std::size_t next = 0;
    for (std::size_t g = 0; g < all.count && all.group[g].match_score >= 2.5F; ++g, ++next) {
      ASSERT_LT(next, some.count);
      EXPECT_EQ(some.group[next].apex, all.group[g].apex);
      EXPECT_EQ(some.group[next].match_score, all.group[g].match_score);
      EXPECT_EQ(some.group[next].right, all.group[g].right);
    }
    EXPECT_EQ(some.count, next);
    left_out += all.count - some.count;
  }
  EXPECT_GT(left_out, 100U);
}

TEST(PeakGroups, below_the_floor_count_as_rivals_only) {
  Rng rng(27, 0);
  std::size_t rivals = 0;
  for (int round = 0; round < 300; ++round) {
    const NoisyTrace trace = random_trace(rng, 1 + rng.below(12), 0.2 + 0.6 * rng.uniform());
    const PeakGroups all = find_peak_groups(trace.view(), {2, 0});
    const PeakGroups some = find_peak_groups(trace.view(), {2, 0, 2.5F});
    std::size_t kept = 0;
    while (kept < all.count && all.group[kept].match_score >= 2.5F) ++kept;
    ASSERT_EQ(some.count, kept);
    for (std::size_t g = 0; g < kept; ++g) EXPECT_EQ(some.group[g].left, all.group[g].left);
    EXPECT_EQ(some.left_out, kept < all.count ? all.group[kept].match_score : 0);
    rivals += kept > 0 && kept < all.count ? 1U : 0U;
  }
  EXPECT_GT(rivals, 20U);
}

TEST(PeakGroups, are_distinct_ordered_and_inside_the_trace) {
  Rng rng(24, 0);
  for (int round = 0; round < 1000; ++round) {
    const NoisyTrace trace = random_trace(rng, 1 + rng.below(40), rng.uniform());
    const PeakGroups groups = find_peak_groups(trace.view(), {2, 0});
    ASSERT_LE(groups.count, kMaxPeakGroups);
    for (std::size_t g = 0; g < groups.count; ++g) {
      EXPECT_LE(groups.group[g].left, groups.group[g].apex);
      EXPECT_LE(groups.group[g].apex, groups.group[g].right);
      EXPECT_LT(groups.group[g].right, trace.matched.size());
      EXPECT_GT(groups.group[g].match_score, 0);
      if (g == 0) continue;
      EXPECT_GE(groups.group[g - 1].match_score, groups.group[g].match_score);
      for (std::size_t other = 0; other < g; ++other) {
        EXPECT_NE(groups.group[other].apex, groups.group[g].apex);
      }
    }
  }
}

float rival_of(const PeakGroups& groups, std::size_t g) {
  const std::size_t other = g == 0 ? 1 : 0;
  return other < groups.count ? groups.group[other].match_score : 0;
}

TEST(PeakGroups, of_nothing_are_none) {
  for (const std::size_t scans : {1U, 2U, 3U, 50U}) {
    EXPECT_EQ(find_peak_groups(NoisyTrace(scans, {3, 2, 1}).view(), {1, 0}).count, 0U);
  }
  EXPECT_EQ(find_peak_groups(NoisyTrace(0, {3, 2, 1}).view(), {1, 0}).count, 0U);
}

std::vector<float> values_of(const GroupScores& s) {
  return {s.sqrt_cosine,
          s.entropy,
          s.manhattan,
          s.apex_cosine,
          s.coelution,
          s.coelution_weighted,
          s.coelution_best3,
          s.coeluting,
          s.matched,
          s.matched_top6,
          s.matched_fraction,
          s.largest_missing,
          s.log_intensity,
          s.log_weight,
          s.fitted_cosine,
          s.mean_fitted_cosine,
          s.log_residual,
          s.purity,
          s.weight_correlation,
          s.width,
          s.edge_ratio,
          s.roughness,
          s.match_score,
          s.match_score_margin};
}

TEST(GroupScores, are_finite_and_bounded_for_any_trace) {
  Rng rng(25, 0);
  for (int round = 0; round < 1000; ++round) {
    const std::size_t scans = round % 4 == 0 ? 1 + rng.below(3) : 1 + rng.below(50);
    const NoisyTrace trace = random_trace(rng, scans, 0.05 + 0.9 * rng.uniform());
    const PeakGroups groups = find_peak_groups(trace.view(), {1, 0});
    for (std::size_t g = 0; g < groups.count; ++g) {
      for (const float value :
           values_of(score_group(trace.view(), groups.group[g], rival_of(groups, g)))) {
        EXPECT_TRUE(std::isfinite(value)) << round;
        EXPECT_LT(std::abs(value), 1000) << round;
      }
    }
  }
}

TEST(GroupScores, of_an_empty_trace_are_finite) {
  for (const std::size_t scans : {1U, 2U, 3U, 20U}) {
    PeakGroups groups;
    groups.count = 1;
    groups.group[0] = {0, 0, static_cast<std::uint32_t>(scans - 1), 0};
    const NoisyTrace trace(scans, {3, 2, 1});
    for (const float value :
         values_of(score_group(trace.view(), groups.group[0], rival_of(groups, 0)))) {
      EXPECT_TRUE(std::isfinite(value)) << scans;
    }
  }
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / n;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

// Columns over the scans of the group and one more on either side, square-root scale.
struct SlowProfiles {
  std::vector<std::vector<double>> fragment;
  std::vector<double> total, weight;
  std::size_t apex = 0;
  SlowProfiles(const TraceView& trace, const PeakGroup& group) : fragment(trace.predicted.size()) {
    for (std::int64_t k = std::int64_t{group.left} - 1; k <= std::int64_t{group.right} + 1; ++k) {
      if (k < 0 || k >= static_cast<std::int64_t>(trace.scan_count())) continue;
      const auto scan = static_cast<std::size_t>(k);
      if (scan == group.apex) apex = total.size();
      total.push_back(0);
      weight.push_back(std::sqrt(static_cast<double>(trace.points[scan].weight)));
      for (std::size_t f = 0; f < fragment.size(); ++f) {
        fragment[f].push_back(std::sqrt(static_cast<double>(trace.predicted[f]) *
                                        static_cast<double>(trace.at(scan, f))));
        total.back() += fragment[f].back();
      }
    }
  }
  [[nodiscard]] double against_others(std::size_t f) const {
    std::vector<double> others = total;
    for (std::size_t i = 0; i < others.size(); ++i) others[i] -= fragment[f][i];
    return correlation(fragment[f], others);
  }
};

// A trace with a real peak, so that correlations are not decided by rounding.
NoisyTrace peak_trace(Rng& rng) {
  NoisyTrace trace(30, random_library(rng, 4 + rng.below(9)));
  plant(trace, rng, 8 + static_cast<double>(rng.below(14)), 1.5 + 2 * rng.uniform(), 400);
  for (std::size_t k = 0; k < 30; ++k) {
    for (std::size_t f = 0; f < trace.predicted.size(); ++f) {
      if (rng.below(5) == 0) trace.at(k, f) += static_cast<float>(500 * rng.exponential());
    }
    trace.points[k] = {static_cast<float>(1e4 * rng.uniform()), static_cast<float>(rng.uniform()),
                       static_cast<float>(3 * rng.uniform()), static_cast<float>(rng.uniform())};
  }
  trace.count_matches();
  return trace;
}

TEST(GroupScores, of_coelution_and_shape_follow_their_formulas) {
  Rng rng(26, 0);
  for (int round = 0; round < 200; ++round) {
    const NoisyTrace trace = peak_trace(rng);
    const PeakGroups groups = find_peak_groups(trace.view(), {2, 0});
    ASSERT_GT(groups.count, 0U);
    const GroupScores s = score_group(trace.view(), groups.group[0], rival_of(groups, 0));
    const SlowProfiles p(trace.view(), groups.group[0]);
    const std::size_t n = p.fragment.size();
    std::vector<double> r;
    double weighted = 0;
    double six = 0;
    int coeluting = 0;
    for (std::size_t f = 0; f < n; ++f) {
      r.push_back(p.against_others(f));
      weighted += static_cast<double>(trace.predicted[f]) * r[f];
      six += f < 6 ? r[f] / static_cast<double>(std::min<std::size_t>(n, 6)) : 0;
      coeluting += r[f] > 0.7 ? 1 : 0;
    }
    EXPECT_NEAR(s.coelution, six, 1e-3) << round;
    EXPECT_NEAR(s.coelution_weighted, weighted, 1e-3) << round;
    EXPECT_EQ(s.coeluting, static_cast<float>(coeluting)) << round;
    std::sort(r.begin(), r.end(), std::greater<>());
    EXPECT_NEAR(s.coelution_best3, (r[0] + r[1] + r[2]) / 3, 1e-3) << round;
    EXPECT_NEAR(s.weight_correlation, correlation(p.weight, p.total), 1e-3) << round;
    double rough = 0;
    for (std::size_t i = 1; i + 1 < p.total.size(); ++i) {
      rough += std::abs(p.total[i - 1] - 2 * p.total[i] + p.total[i + 1]);
    }
    EXPECT_NEAR(s.roughness, rough / p.total[p.apex] / static_cast<double>(p.total.size()), 1e-3);
    EXPECT_NEAR(s.edge_ratio,
                std::min((p.total.front() + p.total.back()) / (2 * p.total[p.apex]), 2.0), 1e-3);
  }
}

TEST(GroupScores, of_spectrum_and_fit_follow_their_formulas) {
  Rng rng(27, 0);
  for (int round = 0; round < 200; ++round) {
    const NoisyTrace trace = peak_trace(rng);
    const TraceView view = trace.view();
    const PeakGroups groups = find_peak_groups(view, {2, 0});
    ASSERT_GT(groups.count, 0U);
    const PeakGroup& group = groups.group[0];
    const GroupScores s = score_group(view, groups.group[0], rival_of(groups, 0));
    std::vector<float> area(view.predicted.size(), 0);
    double largest = 0, cosines = 0, weights = 0;
    for (std::size_t k = group.left; k <= group.right; ++k) {
      for (std::size_t f = 0; f < area.size(); ++f) area[f] += view.at(k, f);
      largest = std::max(largest, static_cast<double>(view.points[k].weight));
      weights += static_cast<double>(view.points[k].weight);
      cosines += static_cast<double>(view.points[k].weight * view.points[k].fitted_cosine);
    }
    EXPECT_FLOAT_EQ(s.sqrt_cosine, sqrt_cosine(view.predicted, area));
    EXPECT_FLOAT_EQ(s.entropy, entropy_similarity(view.predicted, area));
    EXPECT_FLOAT_EQ(s.manhattan, manhattan_similarity(view.predicted, area));
    EXPECT_NEAR(s.log_intensity, std::log2(1 + std::accumulate(area.begin(), area.end(), 0.0)),
                1e-3);
    EXPECT_NEAR(s.log_weight, std::log2(1 + largest), 1e-3);
    EXPECT_NEAR(s.mean_fitted_cosine, cosines / weights, 1e-3);
    double matched = 0, top6 = 0, fraction = 0, missing = 0;
    float fitted = 0, residual = 100, purity = 0, heaviest = 0;
    for (std::size_t f = 0; f < area.size(); ++f) {
      bool is_seen = false;
      for (std::size_t k = group.apex - 1; k <= group.apex + 1; ++k) is_seen |= view.at(k, f) > 0;
      const auto h = static_cast<double>(view.predicted[f]);
      matched += is_seen ? 1 : 0;
      top6 += is_seen && f < 6 ? 1 : 0;
      fraction += is_seen ? h : 0;
      if (!is_seen) missing = std::max(missing, h);
    }
    for (std::size_t k = group.apex - 1; k <= group.apex + 1; ++k) {
      fitted = std::max(fitted, view.points[k].fitted_cosine);
      residual = std::min(residual, view.points[k].residual_fraction);
      if (view.points[k].weight > heaviest) purity = view.points[k].purity;
      heaviest = std::max(heaviest, view.points[k].weight);
    }
    EXPECT_EQ(s.matched, static_cast<float>(matched));
    EXPECT_EQ(s.matched_top6, static_cast<float>(top6));
    EXPECT_NEAR(s.matched_fraction, fraction, 1e-5);
    EXPECT_NEAR(s.largest_missing, missing, 1e-6);
    EXPECT_EQ(s.fitted_cosine, fitted);
    EXPECT_EQ(s.purity, purity);
    EXPECT_NEAR(s.log_residual, std::log2(static_cast<double>(residual) + 1e-3), 1e-3);
    EXPECT_EQ(s.match_score, group.match_score);
    EXPECT_EQ(s.match_score_margin,
              group.match_score - (groups.count > 1 ? groups.group[1].match_score : 0.0F));
  }
}

}  // namespace
}  // namespace overland::kernel
