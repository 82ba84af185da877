#include "kernel/robust_statistics.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace overland::kernel {
namespace {

TEST(IsotonicFit, is_monotone_and_keeps_the_weighted_mean) {
  Rng rng(1, 0);
  for (int round = 0; round < 50; ++round) {
    std::vector<double> y(30), w(30);
    double before = 0;
    for (std::size_t i = 0; i < 30; ++i) {
      y[i] = rng.normal() + 0.05 * static_cast<double>(i);
      w[i] = rng.uniform() + 0.1;
      before += y[i] * w[i];
    }
    const auto fit = isotonic_fit(y, w);
    double after = 0;
    for (std::size_t i = 0; i < 30; ++i) {
      after += fit[i] * w[i];
      if (i > 0) {
        EXPECT_GE(fit[i], fit[i - 1]);
      }
    }
    EXPECT_NEAR(before, after, 1e-9);
  }
}

TEST(RobustStatistics, median_and_sd) {
  EXPECT_EQ(median_of({}), 0);
  EXPECT_EQ(median_of({3, 1, 2}), 2);
  EXPECT_EQ(median_of({4, 1, 2, 3}), 2.5);
  Rng rng(3, 0);
  std::vector<double> normal(20001);
  for (double& x : normal) x = 5 + 2 * rng.normal();
  EXPECT_NEAR(robust_sd(normal), 2, 0.05);
}

}  // namespace
}  // namespace overland::kernel
