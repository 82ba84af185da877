// Real runs, which are not part of the project: found by OVERLAND_TEST_DATA or beside the project.
#include <gtest/gtest.h>

#include <cmath>

#include "run/isolation_scheme.h"
#include "run/profile_check.h"
#include "run/run_writer.h"
#include "run/survey_ranges.h"
#include "support/example_runs.h"
#include "support/run_matchers.h"
#include "support/test_data.h"

namespace overland::run {
namespace {

class RealRuns : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = support::test_data();
    if (!std::filesystem::exists(folder_ / "pioneer-ecoli")) {
      GTEST_SKIP() << "no real runs in " << folder_;
    }
  }
  [[nodiscard]] RawRun open(const std::string& name) const {
    auto run = open_run(folder_ / name, 2);
    if (!run) throw std::runtime_error(run.error().message());
    return std::move(*run);
  }
  std::filesystem::path folder_;
};

std::size_t peak_count(const RawRun& run) {
  std::size_t count = 0;
  for (RunScan scan; scan.index() < run.scan_count(); ++scan) count += run.peaks(scan).size();
  return count;
}

TEST_F(RealRuns, ecoli_slice_is_the_same_from_arrow_and_mzml) {
  const RawRun arrow = open("pioneer-ecoli/ecoli_filtered_tinytiny.arrow");
  const RawRun mzml = open("pioneer-ecoli/ecoli_filtered_tinytiny.converted.mzML.gz");
  EXPECT_EQ(arrow.name(), "ecoli_filtered_tinytiny");
  EXPECT_EQ(mzml.name(), "ecoli_filtered_tinytiny.converted");
  for (const RawRun* run : {&arrow, &mzml}) {
    EXPECT_EQ(run->scan_count(), 250U);
    EXPECT_TRUE(ms1_scans(*run).empty());
    EXPECT_EQ(peak_count(*run), 59'834U);
    EXPECT_EQ(run->report().peaks_dropped + run->report().scans_resorted, 0U);
    EXPECT_FALSE(run->report().was_unsorted_by_rt);
    const auto windows = discover_windows(*run);
    ASSERT_EQ(windows.size(), 25U);
    for (std::size_t i = 0; i < windows.size(); ++i) {
      EXPECT_NEAR(windows[i].high_mz - windows[i].low_mz, 8.0, 1e-3);
      EXPECT_EQ(windows[i].scans.size(), 10U);
      if (i > 0) {
        EXPECT_NEAR(windows[i].low_mz - windows[i - 1].low_mz, 4.0, 0.01);
      }
    }
  }
  EXPECT_EQ(arrow.headers().scan_number.front(), 92817);
  EXPECT_EQ(arrow.headers().collision_energy.front(), 27.0F);
  support::expect_same_peaks(arrow, mzml);
  EXPECT_EQ(arrow.headers().rt_minutes, mzml.headers().rt_minutes);
  EXPECT_EQ(arrow.headers().scan_number, mzml.headers().scan_number);
  EXPECT_EQ(arrow.headers().window_low_mz, mzml.headers().window_low_mz);
  EXPECT_EQ(arrow.headers().window_high_mz, mzml.headers().window_high_mz);
  EXPECT_EQ(arrow.headers().collision_energy, mzml.headers().collision_energy);
  EXPECT_EQ(arrow.headers().tic, mzml.headers().tic);
}

TEST_F(RealRuns, eclipse_run_has_one_cycle_of_38_windows) {
  const RawRun run = open("pioneer-ecoli/convert_example.mzML.gz");
  EXPECT_EQ(run.scan_count(), 64U);
  EXPECT_EQ(ms1_scans(run).size(), 2U);
  const auto windows = discover_windows(run);
  ASSERT_EQ(windows.size(), 38U);
  EXPECT_NEAR(windows.front().low_mz, 399.435, 1e-3);
  EXPECT_NEAR(windows.front().high_mz, 416.435, 1e-3);
  EXPECT_EQ(run.headers().scan_number.front(), 7867);
  EXPECT_EQ(run.headers().scan_number.back(), 7930);
  EXPECT_FLOAT_EQ(run.headers().rt_minutes.front(), 10.0010333F);
  EXPECT_EQ(run.headers().collision_energy.front(), 30.0F);
  EXPECT_EQ(run.headers().scan_low_mz.front(), 145.0F);
  EXPECT_EQ(run.peaks(RunScan(0)).size(), 460U);
}

TEST_F(RealRuns, dia_pasef_is_refused) {
  const auto run = open_run(folder_ / "diapasef-mini/diaPASEF.mzML.gz", 2);
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, "OVL-RUN-026");
}

TEST_F(RealRuns, centroids_of_many_instruments_are_not_taken_for_profiles) {
  for (const char* name :
       {"pioneer-ecoli/ecoli_filtered_tinytiny.arrow", "pioneer-ecoli/convert_example.mzML.gz",
        "thermo-astral-dia/derived_Astral_GPFDIA_2mz.mzML.gz",
        "thermo-stellar-dia/derived_Stellar_DIA_4mz.mzML.gz"}) {
    SCOPED_TRACE(name);
    const RawRun run = open(name);
    for (RunScan scan; scan.index() < run.scan_count(); ++scan) {
      const auto mz = run.peaks(scan).mz;
      if (mz.size() >= 30) {
        EXPECT_LT(equidistant_share(mz), 0.1) << scan.index();
      }
    }
    EXPECT_TRUE(run.report().findings.empty()) << run.report().findings.front().what;
  }
}

TEST_F(RealRuns, converted_runs_come_back_alike) {
  for (const char* name :
       {"pioneer-ecoli/ecoli_filtered_tinytiny.arrow", "pioneer-ecoli/convert_example.mzML.gz"}) {
    SCOPED_TRACE(name);
    const RawRun run = open(name);
    const support::ScratchFile file("real.arrow");
    ASSERT_TRUE(write_run_arrow(run, file.path()));
    const auto back = open_run(file.path(), 2);
    ASSERT_TRUE(back) << back.error().message();
    support::expect_same_headers(run, *back);
    support::expect_same_peaks(run, *back);
  }
}

}  // namespace
}  // namespace overland::run
