#include "base/pinned_math.h"

#include <gtest/gtest.h>

#include <bit>

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

// libm's error too is below 1 ulp.
TEST(PinnedMath, hypot_agrees_with_libm_on_random_input) {
  Rng rng(7, 2);
  for (int i = 0; i < 100000; ++i) {
    const double x = std::ldexp(rng.uniform() - 0.5, static_cast<int>(rng.below(300)) - 150);
    const double near = x * (0.5 + rng.uniform());
    const double y =
        rng.below(2) == 0 ? near : std::ldexp(rng.uniform(), static_cast<int>(rng.below(60)) - 30);
    const double found = pinned::hypot(x, y), expected = std::hypot(x, y);
    EXPECT_LE(found, std::nextafter(expected, std::numeric_limits<double>::infinity()))
        << x << ' ' << y;
    EXPECT_GE(found, std::nextafter(expected, 0.0)) << x << ' ' << y;
    EXPECT_EQ(found, pinned::hypot(-y, x));
  }
}

TEST(PinnedMath, hypot_is_exact_for_whole_triangles_and_handles_the_ends) {
  EXPECT_EQ(pinned::hypot(3, 4), 5);
  EXPECT_EQ(pinned::hypot(-20, 21), 29);
  EXPECT_EQ(pinned::hypot(0, 0), 0);
  EXPECT_EQ(pinned::hypot(0, -7.5), 7.5);
  EXPECT_EQ(pinned::hypot(1e20, 1e-20), 1e20);
  EXPECT_EQ(pinned::hypot(3e300, 4e300), 5e300);
  EXPECT_EQ(pinned::hypot(3 * 0x1p-1000, 4 * 0x1p-1000), 5 * 0x1p-1000);
  EXPECT_TRUE(std::isinf(pinned::hypot(-std::numeric_limits<double>::infinity(), 1)));
  EXPECT_TRUE(std::isnan(pinned::hypot(std::nan(""), 1)));
  EXPECT_TRUE(std::isnan(pinned::hypot(1, std::nan(""))));
}

std::uint64_t digest(std::uint64_t before, double value) {
  return mix64(before ^ std::bit_cast<std::uint64_t>(value));
}

// One number for all machines.
TEST(PinnedMath, has_the_same_bits_on_every_machine) {
  Rng rng(7, 3);
  std::uint64_t found = 0;
  for (int i = 0; i < 20000; ++i) {
    const double x = 1e6 * rng.uniform(), y = 1e6 * rng.uniform();
    found = digest(found, pinned::hypot(x, y));
    found = digest(found, pinned::log(x));
    found = digest(found, pinned::exp(1e-4 * (x - y)));
    found = digest(found, rng.normal());
  }
  EXPECT_EQ(found, 0xeef931a8693112f2U);
}

}  // namespace
}  // namespace overland
