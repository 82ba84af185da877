#include "simulate/instrument/acquisition.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace overland::simulate {
namespace {

Schedule schedule_of(const SimulationConfig& config, const std::vector<double>& mz = {}) {
  Result<Schedule> schedule = make_schedule(config, mz);
  EXPECT_TRUE(schedule) << schedule.error().message();
  return std::move(*schedule);
}

TEST(Acquisition, fixed_windows_tile_the_range) {
  SimulationConfig config;
  const Schedule schedule = schedule_of(config);
  ASSERT_EQ(schedule.windows.size(), 40U);
  for (std::size_t i = 0; i + 1 < 40; ++i) {
    EXPECT_NEAR(schedule.windows[i].high.value, schedule.windows[i + 1].low.value, 1e-9);
  }
  EXPECT_NEAR(schedule.range().low.value, 400, 1e-9);
  EXPECT_NEAR(schedule.range().high.value, 800, 1e-9);
  EXPECT_NEAR(static_cast<double>(schedule.scans.size() - schedule.ms1.size()), 20300, 100);
}

TEST(Acquisition, overlap_is_kept_between_neighbours) {
  SimulationConfig config;
  config.acquisition.overlap_mz = 2;
  const Schedule schedule = schedule_of(config);
  for (std::size_t i = 0; i + 1 < schedule.windows.size(); ++i) {
    EXPECT_NEAR(schedule.windows[i].high.value - schedule.windows[i + 1].low.value, 2, 1e-9);
  }
  EXPECT_GE(schedule.range().high.value, 800 - 1e-9);
}

TEST(Acquisition, staggered_cycles_alternate_by_half_a_width) {
  SimulationConfig config;
  config.acquisition.scheme = "staggered";
  config.acquisition.has_ms1 = false;
  const Schedule schedule = schedule_of(config);
  EXPECT_TRUE(schedule.ms1.empty());
  ASSERT_EQ(schedule.windows.size(), 81U);
  EXPECT_NEAR(schedule.windows[40].low.value, 395, 1e-9);
  EXPECT_EQ(schedule.scans[40].window, 40);  // second cycle
  EXPECT_EQ(schedule.scans[81].window, 0);   // third is the first again
  EXPECT_NEAR(static_cast<double>(schedule.of_window[0].size()),
              static_cast<double>(schedule.of_window[40].size()), 1);
}

TEST(Acquisition, variable_windows_hold_equal_numbers) {
  SimulationConfig config;
  config.acquisition.scheme = "variable";
  std::vector<double> mz;
  for (int i = 0; i < 40000; ++i) {
    const double u = i / 40000.0;
    mz.push_back(400 + 400 * u * (0.5 + 0.5 * u));
  }
  const Schedule schedule = schedule_of(config, mz);
  ASSERT_EQ(schedule.windows.size(), 40U);
  for (const MzRange& window : schedule.windows) {
    const auto inside = std::ranges::count_if(mz, [&](double x) { return window.contains(Mz{x}); });
    EXPECT_NEAR(static_cast<double>(inside), 1000, 5);
  }
}

TEST(Acquisition, variable_scheme_without_precursors_still_tiles) {
  SimulationConfig config;
  config.acquisition.scheme = "variable";
  const Schedule schedule = schedule_of(config);
  ASSERT_EQ(schedule.windows.size(), 40U);
  for (const MzRange& window : schedule.windows) EXPECT_GT(window.high.value, window.low.value);
}

TEST(Acquisition, listed_windows_and_their_errors) {
  SimulationConfig config;
  config.acquisition.scheme = "list";
  config.acquisition.window_list = "400-410, 410-430.5 ,600-601";
  EXPECT_EQ(schedule_of(config).windows.size(), 3U);
  for (const char* wrong : {"", "400", "410-400", "a-b", "400-410-420", "400-nan"}) {
    config.acquisition.window_list = wrong;
    const Result<Schedule> schedule = make_schedule(config, {});
    ASSERT_FALSE(schedule) << wrong;
    EXPECT_EQ(schedule.error().code, "OVL-CFG-102");
  }
}

TEST(Acquisition, scans_are_in_order_of_time) {
  SimulationConfig config;
  config.retention.gradient_minutes = 120;
  const Schedule schedule = schedule_of(config);
  for (std::size_t i = 1; i < schedule.scans.size(); ++i) {
    ASSERT_GT(schedule.scans[i].rt_minutes, schedule.scans[i - 1].rt_minutes);
  }
}

TEST(Acquisition, most_central_window_wins) {
  SimulationConfig config;
  config.acquisition.scheme = "staggered";
  const Schedule schedule = schedule_of(config);
  const std::int32_t window = schedule.most_central_window(501);
  ASSERT_NE(window, kMs1);
  EXPECT_NEAR(schedule.windows[static_cast<std::size_t>(window)].low.value, 495, 1e-9);
  EXPECT_EQ(schedule.most_central_window(1200), kMs1);
}

}  // namespace
}  // namespace overland::simulate
