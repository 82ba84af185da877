#include "run/raw_run.h"

#include <gtest/gtest.h>

namespace overland::run {
namespace {

// A run whose scan i has peak m/z 100 + i, so that columns which part company are seen.
RawRun run_of(const std::vector<float>& rt, const std::vector<std::int32_t>& numbers) {
  const std::size_t n = rt.size();
  auto mz = std::make_shared<std::vector<float>>();
  for (std::size_t i = 0; i < n; ++i) mz->push_back(100 + static_cast<float>(i));
  std::vector<float> column(mz->begin(), mz->end());
  ScanHeaders headers{rt,      std::vector<std::uint8_t>(n, 2),
                      numbers, column,
                      column,  column,
                      column,  column,
                      column,  column};
  RawRun::Peaks peaks;
  for (std::size_t i = 0; i < n; ++i) {
    peaks.mz.push_back(mz->data() + i);
    peaks.intensity.push_back(mz->data() + i);
    peaks.count.push_back(1);
  }
  peaks.backing = mz;
  return {"r", headers, peaks, {}};
}

TEST(RawRun, sorts_by_retention_time_then_scan_number_and_moves_every_column) {
  const RawRun run = run_of({3, 1, 2, 2, 1}, {10, 11, 13, 12, 11});
  EXPECT_EQ(run.headers().rt_minutes, (std::vector<float>{1, 1, 2, 2, 3}));
  EXPECT_EQ(run.headers().scan_number, (std::vector<std::int32_t>{11, 11, 12, 13, 10}));
  const std::vector<float> moved{101, 104, 103, 102, 100};  // 101 before 104: stable
  EXPECT_EQ(run.headers().window_low_mz, moved);
  EXPECT_EQ(run.headers().window_high_mz, moved);
  EXPECT_EQ(run.headers().scan_low_mz, moved);
  EXPECT_EQ(run.headers().scan_high_mz, moved);
  EXPECT_EQ(run.headers().collision_energy, moved);
  EXPECT_EQ(run.headers().tic, moved);
  EXPECT_EQ(run.headers().compensation_voltage, moved);
  for (std::size_t i = 0; i < moved.size(); ++i) {
    EXPECT_EQ(run.peaks(RunScan(i)).mz[0], moved[i]);
    EXPECT_EQ(run.peaks(RunScan(i)).intensity[0], moved[i]);
  }
  EXPECT_TRUE(run.report().was_unsorted_by_rt);
}

TEST(RawRun, leaves_a_sorted_run_alone) {
  const RawRun run = run_of({1, 1, 2}, {1, 2, 3});
  EXPECT_FALSE(run.report().was_unsorted_by_rt);
  EXPECT_EQ(run.headers().tic, (std::vector<float>{100, 101, 102}));
}

TEST(RawRun, may_be_empty) {
  EXPECT_EQ(run_of({}, {}).scan_count(), 0U);
}

}  // namespace
}  // namespace overland::run
