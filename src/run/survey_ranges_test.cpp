#include "run/survey_ranges.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/example_runs.h"

namespace overland::run {
namespace {

using support::hand_run;
using support::HandScan;
using ScanRows = std::vector<std::uint32_t>;

ScanRows rows_of(const std::vector<RunScan>& scans) {
  ScanRows rows;
  for (const RunScan scan : scans) rows.push_back(scan.index());
  return rows;
}

struct Acquired {
  float low, high;
};

// MS1 scans that acquire these ranges, one after the other.
RawRun survey_run(const std::vector<Acquired>& ranges) {
  std::vector<HandScan> scans;
  for (const Acquired& range : ranges)
    scans.push_back({.rt_minutes = static_cast<float>(scans.size()),
                     .scan_low_mz = range.low,
                     .scan_high_mz = range.high});
  return hand_run(scans);
}

TEST(SurveyRanges, survey_scans_leave_out_single_ion_monitoring) {
  const float unknown = std::nanf("");
  const RawRun run = hand_run({
      {.rt_minutes = 0, .scan_low_mz = 400, .scan_high_mz = 1000},
      {.rt_minutes = 1, .scan_low_mz = 495, .scan_high_mz = 505},
      {.rt_minutes = 2, .low_mz = 400, .high_mz = 410},
      {.rt_minutes = 3, .scan_low_mz = unknown, .scan_high_mz = 1000},
      {.rt_minutes = 4, .scan_low_mz = 450, .scan_high_mz = 950},
  });
  EXPECT_EQ(rows_of(survey_scans(run)), (ScanRows{0, 3, 4}));
  EXPECT_EQ(rows_of(ms1_scans(run)), (ScanRows{0, 1, 3, 4}));
}

TEST(SurveyRanges, are_one_without_limits_where_all_scans_acquire_the_same) {
  const float unknown = std::nanf("");
  for (const RawRun& run : {survey_run({{400, 1000}, {400.5F, 1000}, {400, 999.5F}}),
                            survey_run({{unknown, unknown}, {400, 1000}, {400, 1000}}),
                            survey_run({{0, 0}, {0, 0}, {0, 0}})}) {
    const auto ranges = survey_ranges(run);
    ASSERT_EQ(ranges.size(), 1U);
    EXPECT_EQ(rows_of(ranges[0].scans), (ScanRows{0, 1, 2}));
    EXPECT_TRUE(ranges[0].contains(Mz{100}) && ranges[0].contains(Mz{3000}));
  }
  EXPECT_TRUE(survey_ranges(hand_run({{.low_mz = 400, .high_mz = 410}})).empty());
}

TEST(SurveyRanges, hold_the_scans_that_acquire_them) {
  // A survey in two unlike parts that sometimes overlap, and single-ion monitoring.
  const auto ranges =
      survey_ranges(survey_run({{400, 600}, {600, 1000}, {495, 505}, {400, 600}, {550, 1000}}));
  ASSERT_EQ(ranges.size(), 3U);
  EXPECT_EQ(rows_of(ranges[0].scans), (ScanRows{0, 3}));
  EXPECT_EQ(rows_of(ranges[1].scans), (ScanRows{0, 3, 4}));
  EXPECT_EQ(rows_of(ranges[2].scans), (ScanRows{1, 4}));
  EXPECT_TRUE(ranges[0].contains(Mz{400}) && ranges[0].contains(Mz{549.9}));
  EXPECT_TRUE(ranges[1].contains(Mz{550}) && !ranges[2].contains(Mz{1000}));
  EXPECT_FALSE(ranges[0].contains(Mz{399}));
}

TEST(SurveyRanges, a_narrow_range_outside_of_the_wide_one_counts) {
  const auto ranges = survey_ranges(survey_run({{350, 500}, {500, 1400}, {350, 500}}));
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_EQ(rows_of(ranges[0].scans), (ScanRows{0, 2}));
  EXPECT_EQ(rows_of(ranges[1].scans), (ScanRows{1}));
}

// A full scan and two scans of 20 boxes each, which take turns along the m/z axis and overlap.
TEST(SurveyRanges, boxes_of_one_scan_are_ranges_of_it) {
  std::vector<float> even, odd;
  for (int box = 0; box < 40; ++box) {
    std::vector<float>& boxes = box % 2 == 0 ? even : odd;
    boxes.push_back(400 + 20 * static_cast<float>(box));
    boxes.push_back(boxes.back() + 21.5F);
  }
  std::vector<HandScan> scans;
  for (int cycle = 0; cycle < 4; ++cycle)
    for (int part = 0; part < 3; ++part)
      scans.push_back({.rt_minutes = static_cast<float>(3 * cycle + part),
                       .scan_low_mz = part == 2 ? 420.0F : 400.0F,
                       .scan_high_mz = part == 1 ? 1181.5F : 1201.5F,
                       .scan_parts = part == 0   ? std::vector<float>{}
                                     : part == 1 ? even
                                                 : odd});
  const RawRun run = hand_run(scans);
  const auto ranges = survey_ranges(run);
  const auto scans_at = [&](double mz) {
    for (const SurveyRange& range : ranges)
      if (range.contains(Mz{mz})) return rows_of(range.scans);
    return ScanRows{};
  };
  EXPECT_EQ(scans_at(410), (ScanRows{0, 1, 3, 4, 6, 7, 9, 10}));
  EXPECT_EQ(scans_at(420.7), (ScanRows{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})) << "the overlap";
  EXPECT_EQ(scans_at(430), (ScanRows{0, 2, 3, 5, 6, 8, 9, 11}));
  EXPECT_EQ(scans_at(1190), (ScanRows{0, 2, 3, 5, 6, 8, 9, 11}));
  EXPECT_TRUE(scans_at(399).empty());
}

TEST(SurveyRanges, lists_ms1_scans) {
  const RawRun run = hand_run(
      {{.rt_minutes = 0}, {.rt_minutes = 1, .low_mz = 400, .high_mz = 410}, {.rt_minutes = 2}});
  EXPECT_EQ(rows_of(ms1_scans(run)), (ScanRows{0, 2}));
}

}  // namespace
}  // namespace overland::run
