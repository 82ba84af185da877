#include "run/compare_runs.h"

#include <gtest/gtest.h>

#include "run/run_file.h"
#include "support/thermo_example.h"

namespace overland::run {
namespace {

using support::thermo_example;
using support::ThermoExample;

RunComparison compared(const ThermoExample& a, const ThermoExample& b) {
  const std::string first = a.bytes(), second = b.bytes();
  const auto one = read_run_bytes(std::as_bytes(std::span(first)), "a", 2);
  const auto two = read_run_bytes(std::as_bytes(std::span(second)), "b", 2);
  EXPECT_TRUE(one && two);
  return compare_runs(*one, *two);
}

TEST(CompareRuns, a_run_is_equal_to_itself) {
  const ThermoExample example = thermo_example();
  const RunComparison same = compared(example, example);
  EXPECT_EQ(same.different_scans(), 0U);
  EXPECT_EQ(same.scans, 40U);
  EXPECT_EQ(same.peaks, 40U * 19 + 39) << "20 to 22 peaks, one of them a reference peak";
  EXPECT_EQ(same.largest_ppm, 0);
  EXPECT_TRUE(expect_equal(same, "x"));
}

TEST(CompareRuns, each_difference_is_counted_once_and_shown) {
  const ThermoExample example = thermo_example();
  ThermoExample other = example;
  other.scans[1].rt_minutes += 0.002;
  other.scans[2].center_mz += 0.01;
  other.scans[3].energy = 28;
  other.scans[4].peaks.pop_back();
  other.scans[6].peaks[8].mz *= 1 + 2e-6;
  other.scans[7].peaks[8].intensity *= 1.01F;
  other.scans[8].peaks[3].flags = 0;
  other.scans[9].peaks[8].mz *= 1 + 1e-7;
  other.scans.pop_back();
  const RunComparison found = compared(example, other);
  EXPECT_EQ(found.scans, 39U);
  EXPECT_EQ(found.only_in_first, 1U);
  EXPECT_EQ(found.only_in_second, 0U);
  EXPECT_EQ(found.other_headers, 3U);
  EXPECT_EQ(found.other_peaks, 4U);
  EXPECT_NEAR(found.largest_ppm, 2, 0.2);
  EXPECT_NEAR(found.largest_intensity, 0.01, 1e-4);
  ASSERT_EQ(found.examples.size(), 8U);
  EXPECT_NE(found.examples[0].find("scan 2 has retention time"), std::string::npos);
  EXPECT_NE(found.examples[3].find("scan 5 has 20 and 19 peaks"), std::string::npos);
  const std::string text = comparison_text(found);
  EXPECT_NE(text.find("8 scans differ: 1 in the first file only"), std::string::npos) << text;
  const auto error = expect_equal(found, "x.raw");
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().code, "OVL-RUN-067");
  EXPECT_EQ(compared(other, example).only_in_second, 1U);
}

}  // namespace
}  // namespace overland::run
