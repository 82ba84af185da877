#include "run/scan_times.h"

#include <gtest/gtest.h>

#include <numeric>

#include "io/run_columns.h"

namespace overland::run {
namespace {

// Cycles of one MS1 scan and two windows, `gap` apart.
io::RunColumns cycles_of(std::size_t cycles, double gap) {
  io::RunColumns columns;
  for (std::size_t i = 0; i < 3 * cycles; ++i) {
    const std::size_t place = i % 3;
    columns.rt_minutes.push_back(static_cast<float>(static_cast<double>(i) * gap / 3));
    columns.ms_order.push_back(place == 0 ? 1 : 2);
    columns.window_low_mz.push_back(400 + 10 * static_cast<float>(place));
    columns.window_high_mz.push_back(410 + 10 * static_cast<float>(place));
  }
  return columns;
}

struct Settled {
  std::string error = "none";
  std::vector<std::string> codes;
  std::string text;
};

Settled settle(io::RunColumns& columns) {
  std::vector<std::size_t> rows(columns.scan_count());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::vector<Finding> findings;
  const auto done = settle_times(columns, rows, "f", findings);
  Settled settled;
  if (!done) settled = {done.error().code, {}, done.error().what};
  for (const Finding& finding : findings) {
    settled.codes.push_back(finding.code);
    settled.text += finding.what;
  }
  return settled;
}

using Codes = std::vector<std::string>;

TEST(ScanTimes, usual_times_give_no_finding) {
  for (const double seconds : {0.3, 1.0, 5.0, 30.0}) {
    io::RunColumns columns = cycles_of(20, seconds / 60);
    const std::vector<float> before = columns.rt_minutes;
    EXPECT_EQ(settle(columns).codes, Codes{}) << seconds;
    EXPECT_EQ(columns.rt_minutes, before);
  }
}

TEST(ScanTimes, a_missing_unit_is_assumed_by_the_time_between_visits_and_told) {
  for (const double seconds : {0.5, 1.0, 3.0}) {
    io::RunColumns in_minutes = cycles_of(20, seconds / 60), in_seconds = cycles_of(20, seconds);
    const std::vector<float> minutes = in_minutes.rt_minutes;
    in_minutes.times_without_unit = in_seconds.times_without_unit = 60;
    const Settled a = settle(in_minutes), b = settle(in_seconds);
    EXPECT_EQ(a.codes, Codes{"OVL-RUN-018"});
    EXPECT_EQ(b.codes, Codes{"OVL-RUN-018"});
    EXPECT_NE(a.text.find("taken as minutes"), std::string::npos) << a.text;
    EXPECT_NE(b.text.find("taken as seconds"), std::string::npos) << b.text;
    EXPECT_EQ(in_minutes.rt_minutes, minutes);
    for (std::size_t i = 0; i < minutes.size(); ++i)
      EXPECT_NEAR(in_seconds.rt_minutes[i], minutes[i], 1e-5);
  }
}

TEST(ScanTimes, a_unit_that_cannot_be_told_is_refused) {
  io::RunColumns between = cycles_of(20, 0.2);
  between.times_without_unit = 60;
  EXPECT_EQ(settle(between).error, "OVL-RUN-018");
  io::RunColumns some = cycles_of(20, 0.02);
  some.times_without_unit = 10;
  some.times_with_unit = 50;
  EXPECT_EQ(settle(some).error, "OVL-RUN-018");
}

TEST(ScanTimes, times_that_stand_still_are_refused_with_their_number) {
  io::RunColumns columns = cycles_of(20, 0.02);
  for (float& time : columns.rt_minutes) time = 0;
  const Settled settled = settle(columns);
  EXPECT_EQ(settled.error, "OVL-RUN-017");
  EXPECT_NE(settled.text.find("57 of 57"), std::string::npos) << settled.text;
  io::RunColumns partly = cycles_of(20, 0.02);
  partly.rt_minutes[33] = partly.rt_minutes[30];
  partly.rt_minutes[31] = partly.rt_minutes[32] = partly.rt_minutes[30];
  EXPECT_EQ(settle(partly).codes, Codes{"OVL-RUN-021"});
}

TEST(ScanTimes, scans_of_one_cycle_may_share_a_time) {
  io::RunColumns columns = cycles_of(20, 0.02);
  for (std::size_t i = 0; i < columns.scan_count(); ++i)
    columns.rt_minutes[i] = columns.rt_minutes[i / 3 * 3];
  EXPECT_EQ(settle(columns).codes, Codes{});
}

TEST(ScanTimes, times_that_go_back_are_counted) {
  io::RunColumns columns = cycles_of(20, 0.02);
  std::swap(columns.rt_minutes[10], columns.rt_minutes[11]);
  const Settled settled = settle(columns);
  EXPECT_EQ(settled.codes, Codes{"OVL-RUN-019"});
  EXPECT_NE(settled.text.find("1 of 60"), std::string::npos) << settled.text;
}

TEST(ScanTimes, seconds_stated_as_minutes_and_the_reverse_are_doubted) {
  io::RunColumns slow = cycles_of(20, 1.5), fast = cycles_of(20, 0.0002);
  EXPECT_EQ(settle(slow).codes, Codes{"OVL-RUN-020"});
  EXPECT_EQ(settle(fast).codes, Codes{"OVL-RUN-020"});
  io::RunColumns late = cycles_of(3, 0.02);
  for (float& time : late.rt_minutes) time += 700;
  EXPECT_NE(settle(late).text.find("minutes. Retention times in seconds"), std::string::npos);
}

}  // namespace
}  // namespace overland::run
