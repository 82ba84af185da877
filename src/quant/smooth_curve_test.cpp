#include "quant/smooth_curve.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"

namespace overland::quant {
namespace {

struct Points {
  std::vector<double> x, y, start;
  [[nodiscard]] CurvePoints view() const { return {x, y, start}; }
};

template <class F>
Points scattered(std::uint64_t seed, std::size_t count, double noise, F truth) {
  Points points;
  Rng random(seed, 0);
  for (std::size_t i = 0; i < count; ++i) {
    points.x.push_back(60 * random.uniform());
    points.y.push_back(truth(points.x.back()) + noise * random.normal());
    points.start.push_back(0);
  }
  return points;
}

TEST(SmoothCurve, follows_a_drift_within_its_noise) {
  const auto drift = [](double x) { return 0.5 * std::sin(x / 15); };
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    const Points points = scattered(seed, 800, 0.2, drift);
    const SmoothCurve curve = fit_smooth_curve(points.view(), 8, 0.3);
    for (double x = 3; x <= 57; x += 1) EXPECT_NEAR(curve.at(x), drift(x), 0.1) << x;
  }
}

TEST(SmoothCurve, of_a_straight_line_is_the_line) {
  const Points points = scattered(3, 200, 0, [](double x) { return 0.02 * x - 0.4; });
  const SmoothCurve curve = fit_smooth_curve(points.view(), 6, 1);
  for (std::size_t i = 0; i < points.x.size(); ++i)
    EXPECT_NEAR(curve.at(points.x[i]), points.y[i], 1e-4) << "a line has no second differences";
}

TEST(SmoothCurve, is_constant_outside_and_continuous_inside) {
  const Points points = scattered(5, 300, 0.1, [](double x) { return std::cos(x / 9); });
  const SmoothCurve curve = fit_smooth_curve(points.view(), 10, 0.5);
  EXPECT_EQ(curve.at(curve.low - 100), curve.at(curve.low));
  EXPECT_EQ(curve.at(curve.high + 100), curve.at(curve.high));
  for (double x = curve.low; x < curve.high; x += 0.01)
    EXPECT_LT(std::abs(curve.at(x + 0.01) - curve.at(x)), 0.02) << x;
}

TEST(SmoothCurve, outliers_do_not_pull) {
  Points points = scattered(7, 500, 0.05, [](double) { return 0.1; });
  Rng random(7, 1);
  for (std::size_t i = 0; i < points.y.size(); i += 4) points.y[i] += 3 + random.uniform();
  const SmoothCurve curve = fit_smooth_curve(points.view(), 6, 0.1);
  for (double x = 2; x < 58; x += 2) EXPECT_NEAR(curve.at(x), 0.1, 0.05);
}

TEST(SmoothCurve, does_not_depend_on_the_order_of_points_beyond_rounding) {
  const Points points = scattered(9, 300, 0.2, [](double x) { return x / 100; });
  Points turned = points;
  std::reverse(turned.x.begin(), turned.x.end());
  std::reverse(turned.y.begin(), turned.y.end());
  const SmoothCurve a = fit_smooth_curve(points.view(), 8, 0.4);
  const SmoothCurve b = fit_smooth_curve(turned.view(), 8, 0.4);
  for (double x = 0; x <= 60; x += 1) EXPECT_NEAR(a.at(x), b.at(x), 1e-9);
}

TEST(SmoothCurve, of_one_point_or_one_time_is_finite) {
  for (std::size_t count = 1; count <= 10; count += 3) {
    const Points points{.x = std::vector<double>(count, 5),
                        .y = std::vector<double>(count, 0.25),
                        .start = std::vector<double>(count, 0.25)};
    const SmoothCurve curve = fit_smooth_curve(points.view(), 5, 1);
    for (const double x : {-1.0, 5.0, 9.0}) EXPECT_NEAR(curve.at(x), 0.25, 1e-3) << count;
  }
}

TEST(SmoothCurve, with_gaps_between_the_points_stays_in_bounds) {
  Points points = scattered(11, 200, 0.02, [](double x) { return x < 30 ? 0.2 : -0.2; });
  for (double& x : points.x) x = x < 30 ? x / 10 : 57 + x / 20;
  const SmoothCurve curve = fit_smooth_curve(points.view(), 20, 0.5);
  for (double x = 0; x <= 60; x += 0.5) EXPECT_LT(std::abs(curve.at(x)), 0.6) << x;
}

TEST(FitConstant, is_the_mean_of_those_that_agree) {
  std::vector<double> y;
  Rng random(13, 0);
  for (int i = 0; i < 300; ++i) y.push_back(0.7 + 0.1 * random.normal());
  for (int i = 0; i < 60; ++i) y.push_back(9 + random.uniform());
  EXPECT_NEAR(fit_constant(y, 0.5, 0.2), 0.7, 0.02);
  EXPECT_NEAR(fit_constant(y, 9.5, 0.5), 9.5, 0.1) << "the start says which ones";
}

TEST(FitConstant, without_values_in_reach_stays_at_its_start) {
  EXPECT_EQ(fit_constant({}, 3, 1), 3);
  EXPECT_EQ(fit_constant(std::vector<double>{100, 200}, 3, 1), 3);
  EXPECT_EQ(fit_constant(std::vector<double>{4, 4, 4}, 3, 1), 4);
}

}  // namespace
}  // namespace overland::quant
