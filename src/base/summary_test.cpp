#include "base/summary.h"

#include <gtest/gtest.h>

#include <chrono>
#include <sstream>
#include <thread>
#include <vector>

namespace overland {
namespace {

TEST(Summary, stagesShareTheWallTimeOfTheWhole) {
  RunSummary summary;
  summary.start("read");
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  summary.start("search");  // finishes "read"
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  summary.finish("3 precursors");
  summary.finish("nothing is open");
  ASSERT_EQ(summary.stages().size(), 2U);
  EXPECT_GE(summary.stages()[0].wall_seconds, 0.029);
  EXPECT_GE(summary.stages()[1].wall_seconds, 0.019);
  EXPECT_GE(summary.total().wall_seconds,
            summary.stages()[0].wall_seconds + summary.stages()[1].wall_seconds);
  EXPECT_LT(summary.stages()[0].cores(), 0.9);  // it slept
}

TEST(Summary, busyTimeCountsAsCpuTime) {
  const ResourceUse before = resource_use_now();
  volatile double sink = 0;
  // Bounded by the work and not by the clock: a loaded machine gives the process little time.
  double cpu_seconds = 0;
  for (int round = 0; cpu_seconds < 0.01 && round < 1'000'000; ++round) {
    for (int i = 0; i < 1000; ++i) sink = sink + i;
    cpu_seconds = resource_use_now().cpu_seconds - before.cpu_seconds;
  }
  EXPECT_GE(cpu_seconds, 0.01);
}

TEST(Summary, peakMemoryGrowsWithTouchedPages) {
  const std::uint64_t before = resource_use_now().peak_rss_bytes;
  ASSERT_GT(before, 1'000'000U);
  const std::vector<char> pages(before + 64'000'000, 1);
  EXPECT_GE(resource_use_now().peak_rss_bytes, before + 60'000'000);
  EXPECT_EQ(pages.back(), 1);
}

TEST(Summary, tableHasOneLinePerStageAndTheTotal) {
  RunSummary summary;
  summary.start("a stage with a long name");
  summary.finish("12 runs");
  std::istringstream table(summary.table());
  std::string header, stage, total, rest;
  std::getline(table, header);
  std::getline(table, stage);
  std::getline(table, total);
  EXPECT_FALSE(std::getline(table, rest));
  EXPECT_TRUE(stage.starts_with("a stage with a long name ")) << stage;
  EXPECT_TRUE(stage.ends_with("  12 runs")) << stage;
  EXPECT_TRUE(total.starts_with("total ")) << total;
  EXPECT_EQ(header.find("peak mem") + 8, total.size());
}

TEST(Summary, memoryIsReadable) {
  EXPECT_EQ(memory_text(0), "0 MB");
  EXPECT_EQ(memory_text(999), "999 B");
  EXPECT_EQ(memory_text(1'000), "1 kB");
  EXPECT_EQ(memory_text(310'400), "310 kB");
  EXPECT_EQ(memory_text(999'999), "1.0 MB");
  EXPECT_EQ(memory_text(1'230'000), "1.2 MB");
  EXPECT_EQ(memory_text(9'970'000), "10 MB");
  EXPECT_EQ(memory_text(12'300'000), "12 MB");
  EXPECT_EQ(memory_text(1'500'000'000), "1.50 GB");
}

}  // namespace
}  // namespace overland
