#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"
#include "calibrate/mass_error.h"
#include "calibrate/rt_alignment.h"

namespace overland {
namespace {

TEST(PiecewiseLinear, interpolates_and_continues_with_end_slopes) {
  const PiecewiseLinear f({0, 1, 3}, {0, 2, 2});
  EXPECT_DOUBLE_EQ(f(0.5), 1);
  EXPECT_DOUBLE_EQ(f(2), 2);
  EXPECT_DOUBLE_EQ(f(-1), -2);
  EXPECT_DOUBLE_EQ(f(9), 2);
  EXPECT_DOUBLE_EQ(PiecewiseLinear({5}, {7})(100), 7);
}

TEST(RtModel, follows_a_nonlinear_warp_through_outliers) {
  Rng rng(2, 0);
  const auto truth = [](double rt) { return 20 * std::sqrt(rt) - 10; };
  std::vector<RtPoint> points;
  for (int i = 0; i < 2000; ++i) {
    const double rt = 2 + 23 * rng.uniform();
    const bool is_outlier = rng.below(20) == 0;
    points.push_back({rt, is_outlier ? 100 * rng.uniform() : truth(rt) + 0.5 * rng.normal()});
  }
  const RtModel model = fit_rt_model(points, -10, 100, {});
  EXPECT_EQ(model.method, "binned");
  for (double rt = 3; rt < 24; rt += 0.5) EXPECT_NEAR(model.irt_of_rt(rt), truth(rt), 0.6) << rt;
  EXPECT_GT(model.tolerance, 1.5);
  EXPECT_LT(model.tolerance, 3.5);
  for (double rt = -5; rt < 40; rt += 0.1) {
    EXPECT_LE(model.irt_of_rt(rt), model.irt_of_rt(rt + 0.1) + 1e-12);
  }
}

TEST(RtModel, a_cut_run_does_not_bias_the_line) {
  Rng rng(3, 0);
  std::vector<RtPoint> points;  // 1 minute of a gradient of slope 1.3, iRT error 0.5
  while (points.size() < 80) {
    const double rt = 59 + rng.uniform();
    points.push_back({rt, 1.3 * (rt - 59) + 7 + 0.5 * rng.normal()});
  }
  const RtModel model = fit_rt_model(points, 0, 28, {});
  EXPECT_EQ(model.method, "linear");
  EXPECT_NEAR(model.irt_of_rt(59.5), 7.65, 0.3);
  EXPECT_NEAR(model.residual_sd, 0.5, 0.2);
}

TEST(RtModel, too_few_points_search_everything) {
  const RtModel model = fit_rt_model(std::vector<RtPoint>(5), 3, 9, {});
  EXPECT_EQ(model.method, "none");
  EXPECT_GE(model.irt_of_rt(55) + model.tolerance, 9);
  EXPECT_LE(model.irt_of_rt(55) - model.tolerance, 3);
  const RtModel same = fit_rt_model(std::vector<RtPoint>(20, {5, 5}), 3, 9, {});
  EXPECT_TRUE(std::isfinite(same.irt_of_rt(7)));
}

TEST(MassError, separates_core_from_background_and_follows_drift) {
  Rng rng(4, 0);
  std::vector<MassErrorPoint> points;
  for (int i = 0; i < 20000; ++i) {
    const double rt = 25 * rng.uniform();
    const bool is_random = rng.below(3) == 0;
    points.push_back(
        {rt, is_random ? 60 * rng.uniform() - 30 : 2 + 3 * rt / 25 + 1.5 * rng.normal()});
  }
  const MassErrorModel model = fit_mass_error(points, {-30, 30}, {});
  EXPECT_EQ(model.method, "drift");
  EXPECT_NEAR(model.sd_ppm, 1.5, 0.15);
  EXPECT_NEAR(model.offset_at(2), 2.24, 0.3);
  EXPECT_NEAR(model.offset_at(23), 4.76, 0.3);
  EXPECT_NEAR(model.tolerance.high, 5.25, 0.6);
}

TEST(MassError, few_points_keep_the_search_window) {
  const MassErrorModel model = fit_mass_error(std::vector<MassErrorPoint>(10), {-20, 15}, {});
  EXPECT_EQ(model.method, "none");
  EXPECT_EQ(model.offset_at(7), 0);
  EXPECT_EQ(model.tolerance.low, -20);
  EXPECT_EQ(model.tolerance.high, 15);
}

}  // namespace
}  // namespace overland
