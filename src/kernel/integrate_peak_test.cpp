#include "kernel/integrate_peak.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "base/rng.h"
#include "kernel/whittaker.h"

namespace overland::kernel {
namespace {

using Vector = std::vector<double>;

// Rows of D by repeated divided differences of unit vectors.
double divided_difference(const Vector& x, Vector y, std::size_t first, int order) {
  for (int step = 1; step <= order; ++step) {
    for (std::size_t i = first;
         i + static_cast<std::size_t>(step) <= first + static_cast<std::size_t>(order); ++i) {
      y[i] = (y[i + 1] - y[i]) / (x[i + static_cast<std::size_t>(step)] - x[i]);
    }
  }
  return y[first];
}

// Dense twin: the normal equations by Gaussian elimination.
Vector smooth_slowly(const Vector& x, const Vector& y, const Vector& w,
                     const WhittakerSettings& settings) {
  const std::size_t n = x.size();
  const auto order = static_cast<std::size_t>(settings.differences);
  std::vector<Vector> m(n, Vector(n + 1, 0));
  for (std::size_t i = 0; i < n; ++i) m[i][i] = w[i] + 1e-12, m[i][n] = w[i] * y[i];
  for (std::size_t j = 0; j + order < n; ++j) {
    Vector d(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
      Vector unit(n, 0);
      unit[i] = 1;
      d[i] = i >= j && i <= j + order ? divided_difference(x, unit, j, settings.differences) : 0;
    }
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = 0; b < n; ++b) m[a][b] += settings.lambda * d[a] * d[b];
  }
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < n; ++k) {
      if (k == i) continue;
      const double factor = m[k][i] / m[i][i];
      for (std::size_t c = i; c <= n; ++c) m[k][c] -= factor * m[i][c];
    }
  Vector z(n);
  for (std::size_t i = 0; i < n; ++i) z[i] = std::max(0.0, m[i][n] / m[i][i]);
  return z;
}

TEST(Whittaker, banded_solution_equals_dense_one) {
  Rng rng(8, 0);
  WhittakerSmoother smoother;
  for (int round = 0; round < 100; ++round) {
    const std::size_t n = 4 + rng.below(30);
    Vector x(n), y(n), w(n), z(n);
    double t = 100;
    for (std::size_t i = 0; i < n; ++i) {
      x[i] = t += 0.2 + rng.uniform();
      y[i] = rng.below(3) == 0 ? 0 : 1e6 * rng.uniform();
      w[i] = rng.below(5) == 0 ? 0 : rng.uniform();
    }
    w[0] = w[n / 3] = w[n / 2] = w[n - 1] = 1;
    const WhittakerSettings settings{std::pow(10, -4 + 5 * rng.uniform()), 2 + round % 2};
    smoother.smooth(x, y, w, settings, z);
    const Vector expected = smooth_slowly(x, y, w, settings);
    for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(z[i], expected[i], 1e-2) << round;
  }
}

// The smoother is symmetric: what a point adds to a sum of smoothed values is found by smoothing
// the sum's coefficients.
TEST(Whittaker, solving_coefficients_gives_the_effect_of_each_point) {
  Rng rng(9, 1);
  WhittakerSmoother smoother;
  const std::size_t n = 12;
  Vector x(n), w(n), c(n), z(n);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = static_cast<double>(i) + 0.3 * rng.uniform();
    w[i] = 0.5 + rng.uniform();
    c[i] = rng.uniform();
  }
  const WhittakerSettings settings{0.5, 3};
  Vector effect = c;
  smoother.factor(x, w, settings);
  smoother.solve(effect);
  for (std::size_t k = 0; k < n; ++k) {
    Vector y(n, 10);  // far from the clipping at 0
    smoother.smooth(x, y, w, settings, z);
    const double before = std::inner_product(c.begin(), c.end(), z.begin(), 0.0);
    y[k] += 1;
    smoother.smooth(x, y, w, settings, z);
    const double after = std::inner_product(c.begin(), c.end(), z.begin(), 0.0);
    EXPECT_NEAR(w[k] * effect[k], after - before, 1e-9);
  }
}

TEST(Whittaker, keeps_straight_lines_and_short_traces) {
  WhittakerSmoother smoother;
  Vector x{0, 1, 2.5, 3, 7}, y{1, 2, 3.5, 4, 8}, w(5, 1), z(5);
  smoother.smooth(x, y, w, {100, 2}, z);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(z[i], y[i], 1e-6);
  Vector two{5, 6}, out(2);
  smoother.smooth(Vector{0, 1}, two, Vector{1, 1}, {100, 3}, out);
  EXPECT_EQ(out, two);
}

TEST(IntegratePeak, gaussian_has_its_closed_area_and_width) {
  Vector t, z;
  for (int i = 0; i <= 100; ++i) {
    t.push_back(10 + 0.01 * i);
    z.push_back(std::exp(-0.5 * std::pow((0.01 * i - 0.5) / 0.05, 2)));
  }
  LimitSettings settings;
  settings.edge_fraction = 1e-4;
  const IntegratedPeak peak = integrate_peak(t, z, z, 49, settings);
  EXPECT_EQ(peak.status, QuantityStatus::ok);
  EXPECT_EQ(peak.apex, 50U);
  EXPECT_NEAR(peak.area, 0.12533, 0.001);
  EXPECT_NEAR(peak.fwhm_minutes, 2.35482 * 0.05, 0.001);
}

TEST(IntegratePeak, area_is_in_minutes_and_scales_with_intensity) {
  const Vector t{1, 2, 4, 5}, z{0, 10, 20, 0};
  Vector big;
  for (const double v : z) big.push_back(7 * v);
  const double area = integrate_peak(t, z, z, 2, {}).area;
  EXPECT_NEAR(area, 5 + 30 + 10, 1e-12);
  EXPECT_NEAR(integrate_peak(t, big, big, 2, {}).area, 7 * area, 1e-9);
}

TEST(IntegratePeak, stops_in_the_valley_before_the_next_peak) {
  const Vector t{0, 1, 2, 3, 4, 5, 6, 7, 8}, z{0, 5, 10, 4, 2, 6, 12, 6, 0};
  const IntegratedPeak peak = integrate_peak(t, z, z, 2, {});
  EXPECT_EQ(peak.left, 0U);
  EXPECT_EQ(peak.right, 4U);
}

TEST(IntegratePeak, no_limit_is_farther_from_the_apex_than_allowed) {
  const Vector t{0, 1, 2, 3, 4, 5, 6}, z{0, 2, 4, 3, 2, 1, 0};
  LimitSettings settings;
  settings.farthest_minutes = 2.5;
  const IntegratedPeak peak = integrate_peak(t, z, z, 2, settings);
  EXPECT_EQ(peak.start_minutes, 0);  // its own, which is nearer
  EXPECT_EQ(peak.stop_minutes, 4.5);
  EXPECT_EQ(peak.left, 0U);
  EXPECT_EQ(peak.right, 4U);
  EXPECT_NEAR(peak.area, 4 + 3.5 + 2.5 + 0.5 * (2 + 1.5) / 2, 1e-12);
  settings.farthest_minutes = 0.2;  // between the apex and its neighbours
  const IntegratedPeak narrow = integrate_peak(t, z, z, 2, settings);
  EXPECT_EQ(narrow.left, 2U);
  EXPECT_EQ(narrow.right, 2U);
  EXPECT_NEAR(narrow.area, 0.2 * (3.6 + 4) / 2 + 0.2 * (4 + 3.8) / 2, 1e-12);
  settings.farthest_minutes = 0;  // anywhere
  EXPECT_EQ(integrate_peak(t, z, z, 2, settings).stop_minutes, 6);
}

TEST(IntegratePeak, limits_that_are_given_are_not_cut) {
  const Vector t{0, 1, 2, 3, 4}, z{0, 2, 4, 2, 0};
  LimitSettings settings;
  settings.before_apex = settings.after_apex = 1.5;
  settings.farthest_minutes = 0.5;
  EXPECT_EQ(integrate_peak(t, z, z, 2, settings).stop_minutes, 3.5);
}

TEST(IntegratePeak, given_limits_cut_between_the_points) {
  const Vector t{0, 1, 2, 3, 4}, z{0, 2, 4, 2, 0};
  LimitSettings settings;
  settings.before_apex = 1.5;
  settings.after_apex = 0.5;
  const IntegratedPeak peak = integrate_peak(t, z, z, 2, settings);
  // From 0.5 to 2.5 minutes, under the line z = 2 t up to the apex and 8 - 2 t after it.
  EXPECT_NEAR(peak.area, (4 - 0.25) + (0.5 * (4 + 3) / 2), 1e-12);
  EXPECT_EQ(peak.start_minutes, 0.5);
  EXPECT_EQ(peak.stop_minutes, 2.5);
  settings.before_apex = settings.after_apex = 100;  // no farther than the trace
  EXPECT_NEAR(integrate_peak(t, z, z, 2, settings).area, 8, 1e-12);
}

TEST(IntegratePeak, baseline_takes_away_the_line_below) {
  Vector t, z, raised;
  for (int i = 0; i <= 40; ++i) {
    t.push_back(0.1 * i);
    z.push_back(i > 10 && i < 30 ? 10 - std::abs(i - 20) : 0);
    raised.push_back(z.back() + 3 + 0.5 * t.back());
  }
  LimitSettings settings;
  settings.before_apex = settings.after_apex = 1.5;
  const double area = integrate_peak(t, z, z, 20, settings).area;
  settings.baseline = Baseline::line;
  EXPECT_NEAR(integrate_peak(t, raised, raised, 20, settings).area, area, 1e-9);
  EXPECT_NEAR(integrate_peak(t, z, z, 20, settings).area, area, 1e-9);
}

TEST(IntegratePeak, area_is_the_sum_of_coefficients_and_heights) {
  Rng rng(10, 2);
  for (int round = 0; round < 300; ++round) {
    const std::size_t n = 1 + rng.below(20);
    Vector t(n), z(n), c(n);
    double now = 5;
    for (std::size_t i = 0; i < n; ++i) t[i] = now += 0.01 + rng.uniform(), z[i] = rng.uniform();
    LimitSettings settings;
    if (round % 2 == 0) settings.before_apex = 2 * rng.uniform(), settings.after_apex = 1;
    const auto start = static_cast<std::uint32_t>(rng.below(n));
    const IntegratedPeak peak = integrate_peak(t, z, z, start, settings);
    area_coefficients(t, peak, c);
    const double sum = std::inner_product(c.begin(), c.end(), z.begin(), 0.0);
    EXPECT_NEAR(sum, peak.status == QuantityStatus::ok ? peak.area : 0, 1e-12);
  }
}

TEST(IntegratePeak, odd_traces_never_fail) {
  EXPECT_EQ(integrate_peak({}, {}, {}, 0, {}).status, QuantityStatus::no_signal);
  const Vector zero(4, 0), t{0, 1, 2, 3};
  EXPECT_EQ(integrate_peak(t, zero, zero, 9, {}).status, QuantityStatus::no_signal);
  const Vector late{0, 0, 0, 3};
  const IntegratedPeak end = integrate_peak(t, late, late, 3, {});
  EXPECT_EQ(end.status, QuantityStatus::ok);
  EXPECT_EQ(end.apex, 3U);
  const Vector one_t{2}, one{5};
  const IntegratedPeak lonely = integrate_peak(one_t, one, one, 0, {});
  EXPECT_EQ(lonely.status, QuantityStatus::apex_lost);  // no width, no area: said, not dropped
  Rng rng(9, 0);
  for (int round = 0; round < 500; ++round) {
    const std::size_t n = 1 + rng.below(6);
    Vector rt(n), y(n);
    for (std::size_t i = 0; i < n; ++i)
      rt[i] = static_cast<double>(i), y[i] = static_cast<double>(rng.below(3));
    const IntegratedPeak peak =
        integrate_peak(rt, y, y, static_cast<std::uint32_t>(rng.below(8)), {});
    EXPECT_LE(peak.left, peak.apex);
    EXPECT_LE(peak.apex, peak.right);
    EXPECT_LT(peak.right, n);
    EXPECT_TRUE(std::isfinite(peak.area));
  }
}

}  // namespace
}  // namespace overland::kernel
