// Equality of runs for tests, bit by bit (NaN equals NaN).
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "run/raw_run.h"

namespace overland::support {

inline std::vector<std::uint32_t> bits(std::span<const float> values) {
  std::vector<std::uint32_t> result;
  for (const float value : values) result.push_back(std::bit_cast<std::uint32_t>(value));
  return result;
}

inline void expect_same_headers(const run::RawRun& a, const run::RawRun& b) {
  EXPECT_EQ(bits(a.headers().rt_minutes), bits(b.headers().rt_minutes));
  EXPECT_EQ(a.headers().ms_order, b.headers().ms_order);
  EXPECT_EQ(a.headers().scan_number, b.headers().scan_number);
  EXPECT_EQ(bits(a.headers().window_low_mz), bits(b.headers().window_low_mz));
  EXPECT_EQ(bits(a.headers().window_high_mz), bits(b.headers().window_high_mz));
  EXPECT_EQ(bits(a.headers().scan_low_mz), bits(b.headers().scan_low_mz));
  EXPECT_EQ(bits(a.headers().scan_high_mz), bits(b.headers().scan_high_mz));
  EXPECT_EQ(bits(a.headers().collision_energy), bits(b.headers().collision_energy));
  EXPECT_EQ(bits(a.headers().tic), bits(b.headers().tic));
  EXPECT_EQ(a.headers().scan_parts, b.headers().scan_parts);
  EXPECT_EQ(bits(a.headers().compensation_voltage), bits(b.headers().compensation_voltage));
}

inline void expect_same_peaks(const run::RawRun& a, const run::RawRun& b) {
  ASSERT_EQ(a.scan_count(), b.scan_count());
  for (RunScan scan; scan.index() < a.scan_count(); ++scan) {
    ASSERT_EQ(bits(a.peaks(scan).mz), bits(b.peaks(scan).mz)) << "scan " << scan.index();
    ASSERT_EQ(bits(a.peaks(scan).intensity), bits(b.peaks(scan).intensity))
        << "scan " << scan.index();
  }
}

}  // namespace overland::support
