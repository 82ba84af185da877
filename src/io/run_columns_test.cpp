#include "io/run_columns.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "base/rng.h"

namespace overland::io {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(RunPeaks, clean_peaks_stay_as_they_are) {
  std::vector<float> mz{100, 100.1F, 200}, intensity{1, 5, 2};
  PeakCorrections corrections;
  EXPECT_TRUE(peaks_are_clean(mz, intensity));
  EXPECT_EQ(PeakCleaner().clean(mz, intensity, corrections), 3U);
  EXPECT_EQ(mz, (std::vector<float>{100, 100.1F, 200}));
  EXPECT_EQ(corrections.scans_resorted + corrections.peaks_dropped + corrections.peaks_merged, 0U);
  EXPECT_TRUE(peaks_are_clean({}, {}));
}

TEST(RunPeaks, every_kind_of_bad_value_is_seen_at_every_place) {
  for (std::size_t at = 0; at < 9; ++at) {
    for (const float bad : {NAN, kInfinity, -kInfinity, 0.0F, -0.0F, -1.0F}) {
      std::vector<float> mz, intensity(9, 3);
      for (int i = 1; i <= 9; ++i) mz.push_back(static_cast<float>(i));
      intensity[at] = bad;
      EXPECT_FALSE(peaks_are_clean(mz, intensity)) << at << " " << bad;
      intensity[at] = 3;
      mz[at] = bad;
      EXPECT_FALSE(peaks_are_clean(mz, intensity)) << at << " " << bad;
      PeakCorrections corrections;
      EXPECT_EQ(PeakCleaner().clean(mz, intensity, corrections), 8U);
      EXPECT_EQ(corrections.peaks_dropped, 1U);
      EXPECT_EQ(corrections.scans_resorted, 0U);
    }
  }
}

TEST(RunPeaks, equal_mz_are_added_up_without_overflow) {
  std::vector<float> mz{5, 5, 6, 6}, intensity{1, 2, 3e38F, 3e38F};
  PeakCorrections corrections;
  EXPECT_EQ(PeakCleaner().clean(mz, intensity, corrections), 2U);
  EXPECT_EQ(mz[0], 5);
  EXPECT_EQ(intensity[0], 3);
  EXPECT_EQ(intensity[1], std::numeric_limits<float>::max());
  EXPECT_EQ(corrections.peaks_merged, 2U);
  EXPECT_EQ(corrections.scans_resorted, 0U);
}

RunColumns columns_of_parts(const std::vector<AcquiredParts>& stated) {
  RunColumns columns;
  for (std::size_t row = 0; row < stated.size(); ++row) append_parts(stated[row], row, columns);
  return columns;
}

TEST(AcquiredParts, are_kept_of_scans_with_several_ranges) {
  const auto parts =
      columns_of_parts({{}, {100, 900}, {600, 640, 400, 440}, {400, 900}, {500, 540, 700, 740}})
          .scan_parts;
  EXPECT_EQ(parts,
            (std::vector<AcquiredParts>{{}, {}, {400, 440, 600, 640}, {}, {500, 540, 700, 740}}));
  EXPECT_TRUE(columns_of_parts({{100, 900}, {}, {100, 900}}).scan_parts.empty());
}

TEST(AcquiredParts, that_touch_or_have_no_width_are_no_parts) {
  const auto one = [](const AcquiredParts& stated) {
    const auto parts = columns_of_parts({stated}).scan_parts;
    return parts.empty() ? AcquiredParts{} : parts.front();
  };
  EXPECT_TRUE(one({400, 440, 440, 480, 430, 500}).empty()) << "one range";
  EXPECT_TRUE(one({400, 440, 400, 440}).empty()) << "the same twice";
  EXPECT_EQ(one({400, 440, 410, 420, 600, 640}), (AcquiredParts{400, 440, 600, 640}));
  EXPECT_TRUE(one({400, 440, NAN, 640, 700, kInfinity, 640, 600, 650, 650}).empty());
}

TEST(RunPeaks, random_peaks_come_out_as_a_map_would_hold_them) {
  PeakCleaner cleaner;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed, 0);
    std::vector<float> mz, intensity;
    std::map<float, float> expected;
    std::uint64_t bad = 0;
    for (std::size_t i = rng.below(60); i > 0; --i) {
      mz.push_back(rng.below(20) == 0 ? NAN : static_cast<float>(1 + rng.below(80)));
      intensity.push_back(static_cast<float>(rng.below(10)));
      if (std::isnan(mz.back()) || intensity.back() == 0) {
        ++bad;
      } else {
        expected[mz.back()] += intensity.back();  // small whole numbers: the order is no matter
      }
    }
    PeakCorrections corrections;
    const std::size_t size = mz.size();
    const std::size_t left = cleaner.clean(mz, intensity, corrections);
    ASSERT_EQ(left, expected.size());
    std::size_t i = 0;
    for (const auto& [m, h] : expected) {
      EXPECT_EQ(mz[i], m);
      EXPECT_EQ(intensity[i++], h);
    }
    EXPECT_EQ(corrections.peaks_dropped, bad);
    EXPECT_EQ(corrections.peaks_merged, size - bad - left);
    EXPECT_TRUE(peaks_are_clean(std::span(mz).first(left), std::span(intensity).first(left)));
  }
}

}  // namespace
}  // namespace overland::io
