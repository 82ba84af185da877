#include "kernel/peak_match.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "base/rng.h"
#include "kernel/candidate_scoring.h"
#include "kernel/peak_lookup.h"
#include "kernel/window_index.h"
#include "support/slow_match.h"

namespace overland::kernel {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// One candidate, and scans whose peaks lie at the borders of its fragments' windows, at equal
// distances on either side of them, and about them.
struct Task {
  PpmWindow tolerance{};
  std::vector<float> fragments;
  std::vector<std::vector<float>> mz;

  explicit Task(Rng& rng) {
    tolerance = {static_cast<float>(-1 - 30 * rng.uniform()),
                 static_cast<float>(1 + 30 * rng.uniform())};
    for (std::uint64_t f = 1 + rng.below(kIndexedFragments); f > 0; --f) add_fragment(rng);
    for (std::uint64_t k = 1 + rng.below(6); k > 0; --k) add_scan(rng);
  }

  void add_fragment(Rng& rng) {
    const double places[] = {64, 4096, 60 + 4100 * rng.uniform(), 500};
    const double ppm = 60 * (rng.uniform() - 0.5);
    fragments.push_back(static_cast<float>(places[rng.below(4)] * (1 + 1e-6 * ppm)));
  }

  void add_scan(Rng& rng) {
    std::vector<float>& peaks = mz.emplace_back();
    for (const float m : fragments) {
      const float low = m * (1.0F + tolerance.low * 1e-6F);
      const float high = m * (1.0F + tolerance.high * 1e-6F);
      const auto ulps = static_cast<float>(rng.below(12));
      const float step = (std::nextafter(m, kInfinity) - m) * ulps;
      for (const float x :
           {low, std::nextafter(low, 0.0F), high, std::nextafter(high, kInfinity), m - step,
            m + step, m * (1 + 80e-6F * static_cast<float>(rng.uniform() - 0.5))}) {
        if (rng.below(3) == 0) peaks.push_back(x);
      }
    }
    for (const float x : {63.9F, 64.0F, std::nextafter(4096.0F, 0.0F), 4096.0F}) {
      if (rng.below(3) == 0) peaks.push_back(x);
    }
    std::sort(peaks.begin(), peaks.end());
    peaks.erase(std::unique(peaks.begin(), peaks.end()), peaks.end());
  }
};

TEST(PeakMatch, all_structures_of_peaks_give_one_answer) {
  Rng rng(41, 0);
  auto lookup = std::make_unique<PeakLookup>();
  WindowPeaks window;
  CandidateMatches matches;
  std::vector<FragmentPeaks> found;
  std::size_t hits = 0;
  for (int round = 0; round < 3000; ++round) {
    const Task task(rng);
    const auto scan_count = static_cast<std::uint32_t>(task.mz.size());
    std::vector<ScanPeaks> scans;
    for (const auto& mz : task.mz) scans.push_back({mz, mz});
    window.build(scans);
    matches.find(window, task.fragments, task.tolerance, 0, scan_count);
    matches.fill(found);
    const std::vector<std::uint64_t> begin{0, task.fragments.size()};
    const WindowIndex index(begin, task.fragments);
    WindowIndex::Hits mask(1);
    for (std::uint32_t k = 0; k < scan_count; ++k) {
      lookup->build(task.mz[k], task.tolerance);
      index.query(task.mz[k], task.tolerance, mask);
      for (std::size_t f = 0; f < task.fragments.size(); ++f) {
        const float m = task.fragments[f];
        SCOPED_TRACE(testing::Message() << "round " << round << " scan " << k << " m/z " << m);
        const std::int32_t expected = support::nearest_slowly(task.mz[k], m, task.tolerance);
        EXPECT_EQ(nearest_peak(task.mz[k], m, task.tolerance), expected);
        EXPECT_EQ(lookup->find(m), expected);
        EXPECT_EQ(window.nearest(m, task.tolerance, k), expected);
        EXPECT_EQ(found[k][f], expected);
        EXPECT_EQ((mask.mask[0] >> f & 1) != 0, expected >= 0);
        hits += expected >= 0 ? 1U : 0U;
      }
      WindowIndex::reset(mask);
    }
    if (HasFailure()) break;
  }
  EXPECT_GT(hits, 10000U);
}

TEST(PeakMatch, of_two_peaks_equally_near_the_lower_is_taken) {
  const std::vector<float> mz{499.5F, 500.5F};
  EXPECT_EQ(nearest_peak(mz, 500, {-2000, 2000}), 0);
  EXPECT_EQ(nearest_peak(mz, std::nextafter(500.0F, kInfinity), {-2000, 2000}), 1);
}

TEST(PeakMatch, what_is_no_mz_has_no_peak) {
  const std::vector<float> mz{20, 64, 500, 4096, 5000};
  for (const float m : {std::numeric_limits<float>::quiet_NaN(), kInfinity, 0.0F, -500.0F, 20.0F,
                        4096.0F, 5000.0F}) {
    EXPECT_EQ(nearest_peak(mz, m, {-10, 10}), -1) << m;
  }
  EXPECT_EQ(nearest_peak({}, 500, {-10, 10}), -1);
}

}  // namespace
}  // namespace overland::kernel
