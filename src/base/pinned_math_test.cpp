#include "base/pinned_math.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace overland {
namespace {

TEST(PinnedMath, agrees_with_libm_on_random_input) {
  Rng rng(7, 1);
  for (int i = 0; i < 100000; ++i) {
    const double x = std::ldexp(rng.uniform() + 0.5, static_cast<int>(rng.below(2000)) - 1000);
    EXPECT_NEAR(pinned::log(x), std::log(x), 4e-16 * std::max(1.0, std::abs(std::log(x)))) << x;
    const double y = (rng.uniform() - 0.5) * 1400;
    EXPECT_NEAR(pinned::exp(y) / std::exp(y), 1.0, 1e-15) << y;
  }
}

TEST(PinnedMath, handles_the_ends) {
  EXPECT_EQ(pinned::log(0), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(pinned::log(-1)));
  EXPECT_EQ(pinned::log(1), 0);
  EXPECT_EQ(pinned::exp(0), 1);
  EXPECT_EQ(pinned::exp(-800), 0);
  EXPECT_TRUE(std::isinf(pinned::exp(800)));
  EXPECT_NEAR(pinned::log(5e-324), std::log(5e-324), 1e-12);
}

}  // namespace
}  // namespace overland
