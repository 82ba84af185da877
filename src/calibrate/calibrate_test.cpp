#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/rng.h"
#include "calibrate/mass_error.h"
#include "calibrate/monotone_spline.h"
#include "calibrate/rt_alignment.h"

namespace overland::calibrate {
namespace {

TEST(PiecewiseLinear, interpolates_and_continues_with_end_slopes) {
  const PiecewiseLinear f({0, 1, 3}, {0, 2, 2});
  EXPECT_DOUBLE_EQ(f(0.5), 1);
  EXPECT_DOUBLE_EQ(f(2), 2);
  EXPECT_DOUBLE_EQ(f(-1), -2);
  EXPECT_DOUBLE_EQ(f(9), 2);
  EXPECT_DOUBLE_EQ(PiecewiseLinear({5}, {7})(100), 7);
}

TEST(PiecewiseLinear, may_stay_constant_beyond_its_ends) {
  const PiecewiseLinear f = with_constant_ends({1, 2}, {5, 9});
  EXPECT_DOUBLE_EQ(f(-50), 5);
  EXPECT_DOUBLE_EQ(f(1.5), 7);
  EXPECT_DOUBLE_EQ(f(50), 9);
  EXPECT_DOUBLE_EQ(with_constant_ends({}, {})(3), 0);
}

double warp(double rt) {
  return 60 / (1 + std::exp(-(rt - 12) / 4));
}

std::vector<RtPoint> warped_points(std::size_t count, double noise, std::uint64_t seed) {
  Rng rng(seed, 0);
  std::vector<RtPoint> points;
  for (std::size_t i = 0; i < count; ++i) {
    const double rt = 2 + 20 * rng.uniform();
    const bool is_outlier = rng.below(20) == 0;
    points.push_back({rt, is_outlier ? 60 * rng.uniform() : warp(rt) + noise * rng.normal()});
  }
  return points;
}

TEST(RtModel, follows_a_sigmoid_through_outliers) {
  for (const std::uint64_t seed : std::vector<std::uint64_t>{2, 3, 4}) {
    SCOPED_TRACE(seed);
    const RtModel model = fit_rt_model(warped_points(2000, 0.3, seed), 0, 60, {});
    EXPECT_EQ(model.method, RtMethod::spline);
    EXPECT_EQ(model.source, ModelSource::run);
    for (double rt = 2; rt <= 22; rt += 0.25)
      EXPECT_NEAR(model.irt_of_rt(rt), warp(rt), 0.25) << rt;
    EXPECT_NEAR(model.tolerance, 4 * 0.3, 0.2);
    EXPECT_TRUE(model.tolerance_of_rt.knots_x().empty());  // alike everywhere
    EXPECT_NEAR(model.quality, 0.95, 0.03);
    for (double rt = -5; rt < 40; rt += 0.1)
      EXPECT_LE(model.irt_of_rt(rt), model.irt_of_rt(rt + 0.1) + 1e-9) << rt;
    // Outside the data it goes on, rather than squeezing all into one iRT.
    EXPECT_LT(model.irt_of_rt(0), model.irt_of_rt(2) - 0.3);
    EXPECT_GT(model.irt_of_rt(25), model.irt_of_rt(22) + 0.3);
  }
}

TEST(RtModel, is_wider_only_where_the_residuals_are) {
  Rng rng(7, 0);
  std::vector<RtPoint> points;
  for (int i = 0; i < 3000; ++i) {
    const double rt = 20 * rng.uniform();
    points.push_back({rt, 3 * rt + (rt > 15 ? 0.9 : 0.3) * rng.normal()});
  }
  const RtModel model = fit_rt_model(points, 0, 60, {});
  EXPECT_NEAR(model.tolerance_at(5), model.tolerance, 1e-9);
  EXPECT_NEAR(model.tolerance_at(18), 4 * 0.9, 0.8);
  EXPECT_GT(model.tolerance_at(30), 2.5);
  RtSettings flat;
  flat.is_local = false;
  EXPECT_DOUBLE_EQ(fit_rt_model(points, 0, 60, flat).tolerance_at(18), model.tolerance);
}

TEST(RtModel, a_cut_run_does_not_bias_the_line) {
  Rng rng(3, 0);
  std::vector<RtPoint> points;  // 1 minute of a gradient of slope 1.3, iRT error 0.5
  while (points.size() < 80) {
    const double rt = 59 + rng.uniform();
    points.push_back({rt, 1.3 * (rt - 59) + 7 + 0.5 * rng.normal()});
  }
  const RtModel model = fit_rt_model(points, 0, 28, {});
  EXPECT_EQ(model.method, RtMethod::linear);
  EXPECT_NEAR(model.irt_of_rt(59.5), 7.65, 0.3);
  EXPECT_NEAR(model.residual_sd, 0.5, 0.2);
}

TEST(RtModel, too_few_points_search_everything) {
  const RtModel model = fit_rt_model(std::vector<RtPoint>(5), 3, 9, {});
  EXPECT_EQ(model.method, RtMethod::none);
  EXPECT_EQ(model.source, ModelSource::preset);
  EXPECT_GE(model.irt_of_rt(55) + model.tolerance, 9);
  EXPECT_LE(model.irt_of_rt(55) - model.tolerance, 3);
  for (const std::size_t count : std::vector<std::size_t>{20, 500}) {
    const RtModel same = fit_rt_model(std::vector<RtPoint>(count, {5, 5}), 3, 9, {});
    EXPECT_TRUE(std::isfinite(same.irt_of_rt(7)));
    EXPECT_GT(same.tolerance, 0);
  }
}

TEST(RtModel, a_library_whose_times_fall_is_not_followed) {
  std::vector<RtPoint> points = warped_points(400, 0.5, 5);
  EXPECT_FALSE(runs_backwards(points));
  for (RtPoint& p : points) p.irt = 60 - p.irt;
  EXPECT_TRUE(runs_backwards(points));
  const RtModel model = fit_rt_model(points, 0, 60, {});
  EXPECT_EQ(model.method, RtMethod::none);
  EXPECT_GE(model.tolerance, 60);
  EXPECT_FALSE(runs_backwards({}));
  EXPECT_FALSE(runs_backwards(std::vector<RtPoint>(30, {5, 5})));
  Rng rng(1, 0);
  for (RtPoint& p : points) p.irt = rng.uniform();
  EXPECT_FALSE(runs_backwards(points)) << "no order at all is no reversed order";
}

// Nothing but outliers: some curve, and a tolerance as wide as the library.
TEST(RtModel, noise_alone_gets_a_wide_tolerance) {
  for (const std::uint64_t seed : std::vector<std::uint64_t>{1, 2, 3}) {
    Rng rng(seed, 9);
    std::vector<RtPoint> points;
    for (int i = 0; i < 400; ++i) points.push_back({25 * rng.uniform(), 100 * rng.uniform()});
    const RtModel model = fit_rt_model(points, 0, 100, {});
    EXPECT_GT(model.tolerance, 80) << seed;
    for (double rt = -5; rt < 40; rt += 0.5) {
      ASSERT_TRUE(std::isfinite(model.irt_of_rt(rt)));
      EXPECT_LE(model.irt_of_rt(rt), model.irt_of_rt(rt + 0.5) + 1e-9);
    }
  }
}

TEST(MonotoneSpline, never_falls_whatever_the_data) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed, 11);
    std::vector<double> x;
    std::vector<double> y;
    const std::size_t count = 8 + rng.below(400);
    for (std::size_t i = 0; i < count; ++i) {
      // Clusters and repeated values too.
      x.push_back(rng.below(3) == 0 ? 5 : 10 * rng.uniform());
      y.push_back((rng.below(2) == 0 ? -1 : 1) * x.back() + 3 * rng.normal());
    }
    std::sort(x.begin(), x.end());
    const auto f = fit_monotone_spline(x, y, {.points_per_interval = 5, .max_intervals = 24});
    if (!f) continue;
    double last = (*f)(-20);
    for (double at = -20; at < 40; at += 0.05) {
      const double value = (*f)(at);
      ASSERT_TRUE(std::isfinite(value)) << at;
      EXPECT_GE(value, last - 1e-9) << at;
      last = value;
    }
  }
  EXPECT_FALSE(fit_monotone_spline(std::vector<double>(9, 1.0), std::vector<double>(9, 1.0), {}));
  EXPECT_FALSE(fit_monotone_spline({}, {}, {}));
}

struct SimulatedErrors {
  double center = 2.3, scale_low = 1.5, scale_high = 3;
  double drift = 0;     // ppm over the run
  double by_mz = 0;     // ppm over 1000 Th
  double random = 0.1;  // share
  bool is_laplace = true;
};

std::vector<MassErrorPoint> errors_of(const SimulatedErrors& s, std::size_t count,
                                      std::uint64_t seed) {
  Rng rng(seed, 4);
  std::vector<MassErrorPoint> points;
  for (std::uint32_t i = 0; i < count; ++i) {
    MassErrorPoint p{25 * rng.uniform(), 0, 200 + 1000 * rng.uniform(), i / 6};
    if (rng.uniform() < s.random) {
      p.ppm = 40 * rng.uniform() - 20;
    } else {
      const double size = s.is_laplace ? rng.exponential() : std::abs(rng.normal());
      p.ppm = s.center + (rng.below(2) == 0 ? -s.scale_low * size : s.scale_high * size) +
              s.drift * (p.rt_minutes / 25 - 0.5) + s.by_mz * (p.mz - 700) / 1000;
    }
    points.push_back(p);
  }
  return points;
}

TEST(MassError, recovers_both_sides_of_a_laplace_on_background) {
  for (const std::uint64_t seed : std::vector<std::uint64_t>{1, 2, 3}) {
    SCOPED_TRACE(seed);
    MassErrorSettings settings;
    settings.sigma = 2.5;
    settings.min_tolerance_ppm = 1;
    const MassErrorModel model = fit_mass_error(errors_of({}, 12000, seed), {-20, 20}, settings);
    EXPECT_EQ(model.method, MassMethod::constant);
    EXPECT_NEAR(model.offset_at(7, 500), 2.3, 0.1);
    // sqrt(2) scales are a standard deviation.
    EXPECT_NEAR(model.tolerance.low, -2.5 * std::sqrt(2) * 1.5, 0.1 * 2.5 * std::sqrt(2) * 1.5);
    EXPECT_NEAR(model.tolerance.high, 2.5 * std::sqrt(2) * 3, 0.1 * 2.5 * std::sqrt(2) * 3);
    EXPECT_NEAR(model.quality, 0.9, 0.03);
  }
}

TEST(MassError, follows_drift_and_mz_and_nothing_that_is_not_there) {
  SimulatedErrors s{.center = 1, .scale_low = 1.5, .scale_high = 1.5, .is_laplace = false};
  EXPECT_EQ(fit_mass_error(errors_of(s, 9000, 5), {-20, 20}, {}).method, MassMethod::constant);
  s.drift = 3;
  EXPECT_EQ(fit_mass_error(errors_of(s, 9000, 5), {-20, 20}, {}).method, MassMethod::drift);
  s.by_mz = 8;
  const MassErrorModel model = fit_mass_error(errors_of(s, 9000, 5), {-20, 20}, {});
  EXPECT_EQ(model.method, MassMethod::drift_and_mz);
  for (const double rt : {2.0, 12.0, 23.0}) {
    for (const double mz : {250.0, 700.0, 1150.0})
      EXPECT_NEAR(model.offset_at(rt, mz), 1 + 3 * (rt / 25 - 0.5) + 8 * (mz - 700) / 1000, 0.4);
  }
  EXPECT_NEAR(model.sd_ppm, 1.5, 0.15);
  MassErrorSettings off;
  off.by_mz = off.by_rt = false;
  const MassErrorModel plain = fit_mass_error(errors_of(s, 9000, 5), {-20, 20}, off);
  EXPECT_EQ(plain.method, MassMethod::constant);
  EXPECT_GT(plain.sd_ppm, 2 * model.sd_ppm * 0.9);
}

TEST(MassError, finds_a_weak_core_far_from_zero) {
  const SimulatedErrors s{
      .center = -9, .scale_low = 1, .scale_high = 1, .random = 0.6, .is_laplace = false};
  const MassErrorModel model = fit_mass_error(errors_of(s, 1500, 6), {-20, 20}, {});
  EXPECT_NEAR(model.offset_at(3), -9, 0.2);
  EXPECT_LT(model.tolerance.high, 6);
}

TEST(MassError, few_points_or_noise_alone_keep_the_search_window) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    for (const std::size_t count : std::vector<std::size_t>{0, 10, 49, 60, 400, 5000}) {
      const MassErrorModel model =
          fit_mass_error(errors_of({.random = 1}, count, seed), {-20, 15}, {});
      EXPECT_EQ(model.method, MassMethod::none) << count;
      EXPECT_EQ(model.offset_at(7, 300), 0);
      EXPECT_EQ(model.tolerance.low, -20);
      EXPECT_EQ(model.tolerance.high, 15);
    }
  }
  const MassErrorModel same = fit_mass_error(std::vector<MassErrorPoint>(90), {-20, 20}, {});
  EXPECT_TRUE(std::isfinite(same.offset_at(7, 300)));
  EXPECT_LE(same.tolerance.low, -3);
}

TEST(MassError, correction_is_the_model_at_every_peak_and_keeps_the_order) {
  MassErrorModel model;
  model.offset_ppm_of_rt = PiecewiseLinear({0, 10}, {-3, 5});
  model.offset_ppm_of_mz = with_constant_ends({250, 400, 900}, {-4, 6, -2});
  Rng rng(8, 0);
  std::vector<float> mz;
  for (int i = 0; i < 3000; ++i) mz.push_back(static_cast<float>(150 + 1000 * rng.uniform()));
  for (int i = 0; i < 500; ++i) mz.push_back(std::nextafter(mz[static_cast<std::size_t>(i)], 1e9F));
  std::sort(mz.begin(), mz.end());
  std::vector<float> out(mz.size());
  for (const double rt : {-1.0, 3.0, 20.0}) {
    correct_mz(model, rt, mz, out);
    EXPECT_TRUE(std::is_sorted(out.begin(), out.end()));
    for (std::size_t i = 0; i < mz.size(); ++i) {
      const double x = static_cast<double>(mz[i]);
      EXPECT_NEAR(static_cast<double>(out[i]), x * (1 - 1e-6 * model.offset_at(rt, x)), 1.3e-7 * x);
    }
  }
  correct_mz(MassErrorModel(), 5, mz, out);
  EXPECT_EQ(out, mz);
}

}  // namespace
}  // namespace overland::calibrate
