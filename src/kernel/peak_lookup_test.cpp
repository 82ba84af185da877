#include "kernel/peak_lookup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/rng.h"
#include "support/slow_match.h"

namespace overland::kernel {
namespace {

std::vector<float> random_peaks(Rng& rng, std::size_t count) {
  std::vector<float> mz(count);
  // Coarse values, so that distances and bins coincide often; some outside the supported range.
  for (float& x : mz) x = static_cast<float>(60 + 0.002 * static_cast<double>(rng.below(900000)));
  std::sort(mz.begin(), mz.end());
  mz.erase(std::unique(mz.begin(), mz.end()), mz.end());
  return mz;
}

TEST(PeakLookup, equals_linear_scan_on_random_input) {
  Rng rng(11, 0);
  auto lookup = std::make_unique<PeakLookup>();
  int hits = 0;
  for (int round = 0; round < 300; ++round) {
    const std::vector<float> mz = random_peaks(rng, rng.below(400));
    const PpmWindow tolerance{static_cast<float>(-1 - 40 * rng.uniform()),
                              static_cast<float>(1 + 40 * rng.uniform())};
    lookup->build(mz, tolerance);
    for (int i = 0; i < 400; ++i) {
      float theoretical = static_cast<float>(64 + 1800 * rng.uniform());
      if (!mz.empty() && i % 2 == 0) {
        theoretical =
            mz[rng.below(mz.size())] * static_cast<float>(1 + 60e-6 * (rng.uniform() - 0.5));
        if (theoretical < 64) continue;
      }
      const std::int32_t expected = support::nearest_slowly(mz, theoretical, tolerance);
      ASSERT_EQ(lookup->find(theoretical), expected) << "round " << round << " m/z " << theoretical;
      hits += expected >= 0;
    }
  }
  EXPECT_GT(hits, 20000);
}

TEST(PeakLookup, takes_the_nearest_of_two_peaks) {
  const std::vector<float> mz{500.000F, 500.004F};
  auto lookup = std::make_unique<PeakLookup>();
  lookup->build(mz, {-20, 20});
  EXPECT_EQ(lookup->find(500.001F), 0);
  EXPECT_EQ(lookup->find(500.003F), 1);
}

TEST(PeakLookup, empty_scan_and_foreign_mz_find_nothing) {
  auto lookup = std::make_unique<PeakLookup>();
  lookup->build(std::vector<float>{100.0F}, {-10, 10});
  lookup->build({}, {-10, 10});
  EXPECT_EQ(lookup->find(100.0F), -1);
  EXPECT_EQ(lookup->find(0.0F), -1);
  EXPECT_EQ(lookup->find(5000.0F), -1);
  EXPECT_EQ(lookup->find(-3.0F), -1);
}

}  // namespace
}  // namespace overland::kernel
