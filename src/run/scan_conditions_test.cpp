#include "run/scan_conditions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "io/run_columns.h"
#include "run/isolation_scheme.h"
#include "run/survey_ranges.h"
#include "support/example_runs.h"

namespace overland::run {
namespace {

using support::hand_run;
using support::HandScan;

io::RunColumns columns_with(const std::vector<float>& voltages) {
  io::RunColumns columns;
  columns.compensation_voltage = voltages;
  columns.ms_order.assign(voltages.size(), 2);
  return columns;
}

struct Outcome {
  std::string error = "none", finding = "none";
};

Outcome outcome(io::RunColumns& columns) {
  std::vector<std::size_t> rows(columns.ms_order.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::vector<Finding> findings;
  const auto done = settle_voltages(columns, rows, "f", findings);
  return {done ? "none" : done.error().code, findings.empty() ? "none" : findings.front().code};
}

std::vector<float> repeated(const std::vector<float>& values, std::size_t count) {
  std::vector<float> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(values[i % values.size()]);
  return all;
}

TEST(ScanConditions, several_voltages_are_told_and_a_missing_one_is_refused) {
  const float none = std::nanf("");
  io::RunColumns two = columns_with(repeated({-40, -60}, 6));
  io::RunColumns gaps = columns_with(repeated({-40, -60, none}, 6));
  io::RunColumns one = columns_with(repeated({-40, none}, 6));
  io::RunColumns without = columns_with(repeated({none}, 6));
  EXPECT_EQ(outcome(two).finding, "OVL-RUN-028");
  EXPECT_EQ(outcome(gaps).error, "OVL-RUN-027");
  EXPECT_EQ(outcome(one).finding, "none");
  EXPECT_EQ(one.compensation_voltage, std::vector<float>(6, -40));
  EXPECT_EQ(outcome(without).error, "none");
  std::vector<float> ramp;
  for (int i = 0; i < 20; ++i) ramp.push_back(static_cast<float>(-30 - i));
  io::RunColumns many = columns_with(ramp);
  EXPECT_EQ(outcome(many).error, "OVL-RUN-027");
}

// Visits of one window, one after the other.
RawRun window_visits(const std::vector<float>& energies, const std::vector<float>& voltages = {}) {
  std::vector<HandScan> scans;
  for (std::size_t i = 0; i < energies.size(); ++i)
    scans.push_back({.rt_minutes = 0.01F * static_cast<float>(i),
                     .low_mz = 400,
                     .high_mz = 425,
                     .compensation_voltage = voltages.empty() ? std::nanf("") : voltages[i],
                     .collision_energy = energies[i]});
  return hand_run(scans);
}

// The code of the error, or the codes of the findings, each with a blank.
std::string told(const RawRun& run) {
  const auto findings = compare_energies(run, "f");
  if (!findings) return findings.error().code;
  std::string codes;
  for (const Finding& finding : *findings) codes += finding.code + " ";
  return codes;
}

TEST(ScanConditions, energies_that_alternate_and_small_differences_are_told) {
  EXPECT_EQ(told(window_visits(repeated({27}, 20))), "");
  EXPECT_EQ(told(window_visits(repeated({22, 30}, 20))), "OVL-RUN-031 ");
  EXPECT_EQ(told(window_visits(repeated({22, 22.6F, 30}, 30))), "OVL-RUN-031 OVL-RUN-030 ");
  EXPECT_EQ(told(window_visits(repeated({27, 28}, 20))), "OVL-RUN-030 ");
  EXPECT_EQ(told(window_visits(repeated({20, 22, 24, 26, 28, 30}, 60))), "OVL-RUN-029");
  EXPECT_EQ(told(window_visits(repeated({22, 30, std::nanf("")}, 60))), "OVL-RUN-029");
  EXPECT_EQ(told(window_visits(repeated({std::nanf(""), 0}, 20))), "");
  // Each voltage may have an energy.
  EXPECT_EQ(told(window_visits(repeated({22, 30}, 20), repeated({-40, -60}, 20))), "");
  const auto findings = compare_energies(window_visits(repeated({22, 30}, 20)), "f");
  EXPECT_NE(findings->front().what.find("(energy 22; energy 30)"), std::string::npos);
}

TEST(ScanConditions, windows_are_of_one_energy_and_survey_ranges_of_all) {
  std::vector<HandScan> scans;
  for (int cycle = 0; cycle < 8; ++cycle) {
    const float minutes = 0.02F * static_cast<float>(cycle);
    scans.push_back({.rt_minutes = minutes});
    for (const float energy : {20.0F, 40.0F})
      for (const float low : {400.0F, 425.0F})  // the energy of the second depends on its m/z
        scans.push_back({.rt_minutes = minutes + energy * 1e-4F + low * 1e-6F,
                         .low_mz = low,
                         .high_mz = low + 25,
                         .collision_energy = energy * (low > 410 ? 1.2F : 1.0F)});
  }
  const RawRun run = hand_run(scans);
  const auto windows = discover_windows(run);
  ASSERT_EQ(windows.size(), 4U);
  for (std::size_t w = 0; w < 4; ++w) {
    EXPECT_EQ(windows[w].low_mz, w < 2 ? 400 : 425);
    EXPECT_EQ(windows[w].condition, (Condition{0, static_cast<std::uint8_t>(1 + w % 2)}));
    EXPECT_NEAR(windows[w].energy, (w % 2 == 0 ? 20 : 40) * (w < 2 ? 1.0 : 1.2), 1e-5);
    EXPECT_NEAR(windows[w].energy_ratio, w % 2 == 0 ? 2.0 / 3 : 4.0 / 3, 1e-6);
    EXPECT_EQ(windows[w].scans.size(), 8U);
    for (const RunScan scan : windows[w].scans)
      EXPECT_FLOAT_EQ(run.headers().collision_energy[scan.index()],
                      static_cast<float>(windows[w].energy));
  }
  EXPECT_EQ(most_central_window(windows, Mz{430}, {0, 2}), WindowId(3));
  EXPECT_EQ(isolating_windows(windows, Mz{430}, {0, 1}), 1U);
  EXPECT_EQ(condition_names(windows),
            (std::vector<std::string>{"energy 20 to 24", "energy 40 to 48"}));
  ASSERT_EQ(survey_ranges(run).size(), 1U);
  EXPECT_EQ(survey_ranges(run)[0].scans.size(), 8U);
}

TEST(ScanConditions, voltages_and_energies_together_are_named) {
  const auto windows = discover_windows(
      window_visits(repeated({22, 30, 22, 30}, 40), repeated({-40, -40, -60, -60}, 40)));
  EXPECT_EQ(condition_names(windows),
            (std::vector<std::string>{"-60 V, energy 22", "-60 V, energy 30", "-40 V, energy 22",
                                      "-40 V, energy 30"}));
  const auto voltages =
      discover_windows(window_visits(repeated({27}, 20), repeated({-40.5F, -60}, 20)));
  EXPECT_EQ(condition_names(voltages), (std::vector<std::string>{"-60 V", "-40.5 V"}));
  EXPECT_TRUE(condition_names(discover_windows(window_visits(repeated({27}, 20)))).empty());
  EXPECT_TRUE(condition_names({}).empty());
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
    EXPECT_EQ(windows[w].condition.voltage, w % 2 == 0 ? -60 : -40);
    EXPECT_EQ(windows[w].scans.size(), 3U);
    for (const RunScan scan : windows[w].scans)
      EXPECT_EQ(voltage_of(run, scan), windows[w].condition.voltage);
  }
  EXPECT_EQ(most_central_window(windows, Mz{410}, {-40}), WindowId(1));
  EXPECT_EQ(most_central_window(windows, Mz{410}, {-60}), WindowId(0));
  EXPECT_EQ(most_central_window(windows, Mz{410}, {}), std::nullopt);
  EXPECT_EQ(isolating_windows(windows, Mz{410}, {-40}), 1U);
  const auto ranges = survey_ranges(run);
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_EQ(ranges[0].voltage, -60);
  EXPECT_EQ(ranges[1].scans.size(), 3U);
}

}  // namespace
}  // namespace overland::run
