#include "run/scan_conditions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "io/run_columns.h"
#include "run/isolation_scheme.h"
#include "support/example_runs.h"

namespace overland::run {
namespace {

using support::hand_run;
using support::HandScan;

io::RunColumns columns_with(const std::vector<float>& voltages,
                            const std::vector<float>& energies) {
  io::RunColumns columns;
  columns.compensation_voltage = voltages;
  columns.collision_energy = energies;
  columns.ms_order.assign(energies.size(), 2);
  columns.window_low_mz.assign(energies.size(), 400);
  columns.window_high_mz.assign(energies.size(), 425);
  return columns;
}

struct Outcome {
  std::string error = "none", finding = "none";
};

template <class Check>
Outcome outcome(Check check, io::RunColumns& columns) {
  std::vector<std::size_t> rows(columns.ms_order.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::vector<Finding> findings;
  const auto done = check(columns, rows, "f", findings);
  return {done ? "none" : done.error().code, findings.empty() ? "none" : findings.front().code};
}

std::vector<float> repeated(const std::vector<float>& values, std::size_t count) {
  std::vector<float> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(values[i % values.size()]);
  return all;
}

TEST(ScanConditions, several_voltages_are_told_and_a_missing_one_is_refused) {
  const float none = std::nanf("");
  const std::vector<float> energies(6, 27);
  io::RunColumns two = columns_with(repeated({-40, -60}, 6), energies);
  io::RunColumns gaps = columns_with(repeated({-40, -60, none}, 6), energies);
  io::RunColumns one = columns_with(repeated({-40, none}, 6), energies);
  io::RunColumns without = columns_with(repeated({none}, 6), energies);
  EXPECT_EQ(outcome(settle_voltages, two).finding, "OVL-RUN-028");
  EXPECT_EQ(outcome(settle_voltages, gaps).error, "OVL-RUN-027");
  EXPECT_EQ(outcome(settle_voltages, one).finding, "none");
  EXPECT_EQ(one.compensation_voltage, std::vector<float>(6, -40));
  EXPECT_EQ(outcome(settle_voltages, without).error, "none");
  std::vector<float> ramp;
  for (int i = 0; i < 20; ++i) ramp.push_back(static_cast<float>(-30 - i));
  io::RunColumns many = columns_with(ramp, std::vector<float>(20, 27));
  EXPECT_EQ(outcome(settle_voltages, many).error, "OVL-RUN-027");
}

TEST(ScanConditions, energies_that_alternate_are_refused_and_small_differences_told) {
  io::RunColumns same = columns_with({}, repeated({27}, 20));
  io::RunColumns alternating = columns_with({}, repeated({22, 30}, 20));
  io::RunColumns close = columns_with({}, repeated({27, 28}, 20));
  std::vector<float> outlier = repeated({27}, 20);
  outlier[7] = 40;
  io::RunColumns once = columns_with({}, outlier);
  io::RunColumns unknown = columns_with({}, repeated({std::nanf(""), 0}, 20));
  EXPECT_EQ(outcome(check_energies, same).finding, "none");
  EXPECT_EQ(outcome(check_energies, alternating).error, "OVL-RUN-029");
  EXPECT_EQ(outcome(check_energies, close).finding, "OVL-RUN-030");
  EXPECT_EQ(outcome(check_energies, once).finding, "OVL-RUN-030");
  EXPECT_EQ(outcome(check_energies, unknown).finding, "none");
  // Each voltage may have an energy.
  io::RunColumns faims = columns_with(repeated({-40, -60}, 20), repeated({22, 30}, 20));
  EXPECT_EQ(outcome(check_energies, faims).error, "none");
}

TEST(ScanConditions, windows_and_survey_ranges_are_of_one_voltage) {
  std::vector<HandScan> scans;
  for (int cycle = 0; cycle < 6; ++cycle) {
    const float voltage = cycle % 2 == 0 ? -40 : -60;
    const float minutes = 0.02F * static_cast<float>(cycle);
    scans.push_back({.rt_minutes = minutes, .compensation_voltage = voltage});
    for (const float low : {400.0F, 425.0F})
      scans.push_back({.rt_minutes = minutes + 0.001F,
                       .low_mz = low,
                       .high_mz = low + 25,
                       .compensation_voltage = voltage});
  }
  const RawRun run = hand_run(scans);
  const auto windows = discover_windows(run);
  ASSERT_EQ(windows.size(), 4U);
  for (std::size_t w = 0; w < 4; ++w) {
    EXPECT_EQ(windows[w].low_mz, w < 2 ? 400 : 425);
    EXPECT_EQ(windows[w].condition, w % 2 == 0 ? -60 : -40);
    EXPECT_EQ(windows[w].scans.size(), 3U);
    for (const RunScan scan : windows[w].scans)
      EXPECT_EQ(condition_of(run, scan), windows[w].condition);
  }
  EXPECT_EQ(most_central_window(windows, Mz{410}, -40), WindowId(1));
  EXPECT_EQ(most_central_window(windows, Mz{410}, -60), WindowId(0));
  EXPECT_EQ(most_central_window(windows, Mz{410}, 0), std::nullopt);
  EXPECT_EQ(isolating_windows(windows, Mz{410}, -40), 1U);
  const auto ranges = survey_ranges(run);
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_EQ(ranges[0].condition, -60);
  EXPECT_EQ(ranges[1].scans.size(), 3U);
}

}  // namespace
}  // namespace overland::run
