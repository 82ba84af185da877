#include "kernel/window_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "base/rng.h"
#include "support/slow_match.h"

namespace overland::kernel {
namespace {

struct RandomLibrary {
  std::vector<std::uint64_t> begin{0};
  std::vector<float> mz;
  RandomLibrary(Rng& rng, std::size_t precursors, double spread) {
    for (std::size_t i = 0; i < precursors; ++i) {
      const std::size_t fragments = rng.below(14);
      for (std::size_t f = 0; f < fragments; ++f) {
        mz.push_back(static_cast<float>(50 + spread * rng.uniform()));
      }
      begin.push_back(mz.size());
    }
  }
};

// The obviously right twin: a double loop over precursors' fragments and peaks.
std::vector<std::uint8_t> masks_slowly(const RandomLibrary& library, std::span<const float> peaks,
                                       PpmWindow tolerance) {
  std::vector<std::uint8_t> masks(library.begin.size() - 1);
  for (std::size_t i = 0; i < masks.size(); ++i) {
    for (std::size_t rank = 0; rank < kIndexedFragments; ++rank) {
      const std::size_t f = library.begin[i] + rank;
      if (f >= library.begin[i + 1]) continue;
      for (const float x : peaks) {
        if (support::matches_slowly(x, library.mz[f], tolerance)) {
          masks[i] = static_cast<std::uint8_t>(masks[i] | 1U << rank);
        }
      }
    }
  }
  return masks;
}

TEST(WindowIndex, equals_double_loop_on_random_input) {
  Rng rng(5, 0);
  for (int round = 0; round < 60; ++round) {
    const RandomLibrary library(rng, rng.below(200), round % 3 == 0 ? 5 : 1500);
    const WindowIndex index(library.begin, library.mz);
    WindowIndex::Hits hits(index.precursor_count());
    const PpmWindow tolerance{static_cast<float>(-100 * rng.uniform()),
                              static_cast<float>(100 * rng.uniform())};
    for (int scan = 0; scan < 5; ++scan) {
      std::vector<float> peaks(rng.below(150));
      for (float& x : peaks)
        x = static_cast<float>(40 + (round % 3 == 0 ? 25 : 1600) * rng.uniform());
      std::sort(peaks.begin(), peaks.end());
      index.query(peaks, tolerance, hits);
      EXPECT_EQ(hits.mask, masks_slowly(library, peaks, tolerance)) << round;
      const auto touched = static_cast<std::size_t>(
          std::count_if(hits.mask.begin(), hits.mask.end(), [](auto m) { return m != 0; }));
      EXPECT_EQ(hits.touched_count, touched);
      WindowIndex::reset(hits);
      EXPECT_EQ(hits.mask, std::vector<std::uint8_t>(hits.mask.size()));
    }
  }
}

TEST(WindowIndex, empty_library_or_scan_hits_nothing) {
  const WindowIndex index(std::vector<std::uint64_t>{0}, {});
  WindowIndex::Hits hits(0);
  index.query(std::vector<float>{100, 200}, {-10, 10}, hits);
  EXPECT_EQ(hits.touched_count, 0U);
}

TEST(WindowIndex, leaves_out_what_is_no_number) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<std::uint64_t> begin{0, 4};
  const std::vector<float> mz{nan, 500, -nan, std::numeric_limits<float>::infinity()};
  const WindowIndex index(begin, mz);
  EXPECT_EQ(index.entry_count(), 1U);
  WindowIndex::Hits hits(index.precursor_count());
  index.query(std::vector<float>{500}, {-10, 10}, hits);
  EXPECT_EQ(hits.mask, std::vector<std::uint8_t>{2});
}

TEST(WindowIndex, refuses_more_precursors_than_it_can_number) {
  const std::vector<std::uint64_t> most(kMaxIndexedPrecursors + 1);
  EXPECT_EQ(WindowIndex(most, {}).precursor_count(), kMaxIndexedPrecursors);
  const std::vector<std::uint64_t> more(kMaxIndexedPrecursors + 2);
  EXPECT_THROW(WindowIndex(more, {}), CheckFailed);
}

}  // namespace
}  // namespace overland::kernel
