#include "kernel/integrate_peak.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/rng.h"
#include "kernel/whittaker.h"

namespace overland::kernel {
namespace {

using Vector = std::vector<double>;

// Dense twin: the normal equations by Gaussian elimination.
Vector smooth_slowly(const Vector& x, const Vector& y, const Vector& w, double lambda) {
  const std::size_t n = x.size();
  std::vector<Vector> m(n, Vector(n + 1, 0));
  for (std::size_t i = 0; i < n; ++i) m[i][i] = w[i] + 1e-12, m[i][n] = w[i] * y[i];
  for (std::size_t j = 0; j + 2 < n; ++j) {
    const double h1 = x[j + 1] - x[j], h2 = x[j + 2] - x[j + 1];
    const double d[3] = {1 / (h1 * (h1 + h2)), -1 / (h1 * h2), 1 / (h2 * (h1 + h2))};
    for (std::size_t a = 0; a < 3; ++a)
      for (std::size_t b = 0; b < 3; ++b) m[j + a][j + b] += lambda * d[a] * d[b];
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
    const std::size_t n = 3 + rng.below(40);
    Vector x(n), y(n), w(n), z(n);
    double t = 100;
    for (std::size_t i = 0; i < n; ++i) {
      x[i] = t += 0.05 + rng.uniform();
      y[i] = rng.below(3) == 0 ? 0 : 1e6 * rng.uniform();
      w[i] = rng.below(5) == 0 ? 0 : rng.uniform();
    }
    w[0] = w[n / 2] = w[n - 1] = 1;
    const double lambda = std::pow(10, -4 + 5 * rng.uniform());
    smoother.smooth(x, y, w, lambda, z);
    const Vector expected = smooth_slowly(x, y, w, lambda);
    for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(z[i], expected[i], 1e-3) << round;
  }
}

TEST(Whittaker, keeps_straight_lines_and_short_traces) {
  WhittakerSmoother smoother;
  Vector x{0, 1, 2.5, 3, 7}, y{1, 2, 3.5, 4, 8}, w(5, 1), z(5);
  smoother.smooth(x, y, w, 100, z);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(z[i], y[i], 1e-6);
  Vector two{5, 6}, out(2);
  smoother.smooth(Vector{0, 1}, two, Vector{1, 1}, 100, out);
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
