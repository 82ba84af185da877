#include "koina/collision_spline.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/rng.h"

namespace overland {
namespace {

// The recursion as it is written.
double slow_basis(std::span<const float> t, std::size_t i, int k, double x) {
  const auto at = [&](std::size_t j) { return static_cast<double>(t[j]); };
  if (k == 0) return at(i) <= x && x < at(i + 1) ? 1 : 0;
  const auto step = static_cast<std::size_t>(k);
  double value = 0;
  if (at(i + step) > at(i))
    value += (x - at(i)) / (at(i + step) - at(i)) * slow_basis(t, i, k - 1, x);
  if (at(i + step + 1) > at(i + 1))
    value +=
        (at(i + step + 1) - x) / (at(i + step + 1) - at(i + 1)) * slow_basis(t, i + 1, k - 1, x);
  return value;
}

TEST(CollisionSpline, EqualsTheRecursion) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    Rng random(seed, 0);
    SplineKnots knots{};
    float knot = 5;
    for (float& k : knots) {
      k = knot;
      if (random.below(3) > 0) knot += static_cast<float>(random.uniform() * 10);  // some repeat
    }
    for (int i = 0; i < 20; ++i) {
      const double x = random.uniform() * 60;
      const auto basis = spline_basis(knots, x);
      for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(basis[k], slow_basis(knots, k, 3, x), 1e-9);
    }
  }
}

TEST(CollisionSpline, UniformKnotsGiveTheKnownWeights) {
  const SplineKnots knots{0, 1, 2, 3, 4, 5, 6, 7};
  const auto basis = spline_basis(knots, 3.0);  // weights 1/6, 4/6, 1/6 at a knot
  EXPECT_NEAR(basis[0], 1.0 / 6, 1e-12);
  EXPECT_NEAR(basis[1], 4.0 / 6, 1e-12);
  EXPECT_NEAR(basis[2], 1.0 / 6, 1e-12);
  EXPECT_EQ(basis[3], 0);
  EXPECT_NEAR(spline_value(spline_basis(knots, 3.7), {2, 2, 2, 2}), 2, 1e-6);
  EXPECT_EQ(spline_value(spline_basis(knots, 9), {2, 2, 2, 2}), 0);
}

}  // namespace
}  // namespace overland
