#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "base/rng.h"
#include "kernel/candidate_scoring.h"
#include "support/slow_match.h"

namespace overland::kernel {
namespace {

constexpr PpmWindow kPeakTolerance{-7, 12};

using Found = std::tuple<std::uint32_t, std::uint32_t, float, float>;  // scan, peak, m/z, intensity

std::vector<Found> find(const WindowPeaks& peaks, float mz, std::uint32_t first,
                        std::uint32_t last) {
  std::vector<Found> found;
  peaks.for_each(mz, kPeakTolerance, first, last, [&](const WindowPeaks::Entry& e) {
    found.emplace_back(e.scan, e.peak, e.mz, e.intensity);
  });
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<Found> find_slowly(std::span<const ScanPeaks> scans, float mz, std::uint32_t first,
                               std::uint32_t last) {
  std::vector<Found> found;
  for (std::uint32_t s = first; s < last; ++s) {
    for (std::uint32_t i = 0; i < scans[s].size(); ++i) {
      const float x = scans[s].mz[i];
      if (support::matches_slowly(x, mz, kPeakTolerance))
        found.emplace_back(s, i, x, scans[s].intensity[i]);
    }
  }
  return found;
}

TEST(WindowPeaks, finds_what_a_search_of_all_peaks_finds) {
  Rng rng(21, 0);
  std::size_t total = 0;
  WindowPeaks peaks;  // one for all: what it kept from the last must not matter
  for (int round = 0; round < 30; ++round) {
    const auto scan_count = static_cast<std::uint32_t>(1 + rng.below(40));
    std::vector<std::vector<float>> mz(scan_count);
    std::vector<std::vector<float>> intensity(scan_count);
    std::vector<ScanPeaks> scans;
    const double centre = round % 5 == 0 ? 64.0005 : 100 + 3900 * rng.uniform();
    for (std::uint32_t s = 0; s < scan_count; ++s) {
      for (std::uint64_t i = rng.below(30); i-- > 0;) {
        mz[s].push_back(static_cast<float>(centre * (1 + 1e-6 * (100 * rng.uniform() - 50))));
      }
      std::sort(mz[s].begin(), mz[s].end());
      std::erase_if(mz[s], [](float x) { return x < 64; });
      for (std::size_t i = 0; i < mz[s].size(); ++i) {
        intensity[s].push_back(static_cast<float>(1 + rng.below(1000)));
      }
      scans.push_back({mz[s], intensity[s]});
    }
    peaks.build(scans);
    for (int query = 0; query < 50; ++query) {
      const auto m = static_cast<float>(centre * (1 + 1e-6 * (120 * rng.uniform() - 60)));
      const auto first = static_cast<std::uint32_t>(rng.below(scan_count));
      const auto last = static_cast<std::uint32_t>(first + rng.below(scan_count - first + 1));
      const std::vector<Found> expected = find_slowly(scans, m, first, last);
      ASSERT_EQ(find(peaks, m, first, last), expected) << round << ' ' << m;
      total += expected.size();
    }
  }
  EXPECT_GT(total, 1000U);
}

TEST(WindowPeaks, of_no_peaks_or_of_peaks_out_of_range_are_none) {
  WindowPeaks peaks;
  EXPECT_TRUE(find(peaks, 500, 0, 10).empty());
  peaks.build({});
  EXPECT_TRUE(find(peaks, 500, 0, 10).empty());
  const std::vector<float> mz{20, 63.9F, 4096, 5000};
  const std::vector<float> intensity(4, 1);
  const std::vector<ScanPeaks> scans{{mz, intensity}, {{}, {}}};
  peaks.build(scans);
  EXPECT_EQ(peaks.size(), 0U);
  for (const float m : {20.0F, 63.9F, 4096.0F, 5000.0F, 0.0F, -3.0F}) {
    EXPECT_TRUE(find(peaks, m, 0, 2).empty()) << m;
  }
}

}  // namespace
}  // namespace overland::kernel
