#include "quant/density_mode.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/rng.h"

namespace overland::quant {
namespace {

constexpr double kWidth = 0.2;

std::vector<double> cluster(Rng& random, std::size_t count, double at, double sd) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(at + sd * random.normal());
  return values;
}

std::vector<double> joined(std::vector<double> a, const std::vector<double>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// The density's highest value on a fine grid, by its definition.
double slow_mode(const std::vector<double>& values) {
  double best = 0, most = -1;
  for (double at = -7; at <= 7; at += 0.005) {
    double sum = 0;
    for (const double v : values) sum += std::exp(-0.5 * (v - at) * (v - at) / (kWidth * kWidth));
    if (sum > most) most = sum, best = at;
  }
  return best;
}

TEST(DensityMode, of_one_cluster_is_that_of_the_density_by_its_definition) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Rng random(seed, 0);
    const auto values = cluster(random, 200, 4 * random.uniform() - 2, 0.15);
    const DensityMode mode = density_mode(values, 0, kWidth);
    EXPECT_NEAR(mode.at, slow_mode(values), 0.03) << "one step of its grid";
    EXPECT_FALSE(mode.is_ambiguous);
    EXPECT_GT(mode.height, 0.5);
    EXPECT_LE(mode.height, 1);
  }
}

TEST(DensityMode, of_two_clusters_alike_is_the_one_nearer_to_what_is_expected) {
  Rng random(3, 0);
  const auto values = joined(cluster(random, 300, 0, 0.1), cluster(random, 300, 2, 0.1));
  for (const double expected : {-1.0, 0.2, 0.9}) {
    const DensityMode mode = density_mode(values, expected, kWidth);
    EXPECT_NEAR(mode.at, 0, 0.05) << expected;
    EXPECT_TRUE(mode.is_ambiguous);
  }
  EXPECT_NEAR(density_mode(values, 1.2, kWidth).at, 2, 0.05);
}

TEST(DensityMode, a_much_smaller_cluster_is_no_rival) {
  Rng random(5, 0);
  const auto values = joined(cluster(random, 400, 2, 0.1), cluster(random, 100, 0, 0.1));
  const DensityMode mode = density_mode(values, 0, kWidth);
  EXPECT_NEAR(mode.at, 2, 0.05) << "though the other is just where it was expected";
  EXPECT_FALSE(mode.is_ambiguous);
}

TEST(DensityMode, is_moved_along_with_the_values) {
  Rng random(7, 0);
  const auto values = cluster(random, 100, 0.3, 0.3);
  const double at = density_mode(values, 0, kWidth).at;
  for (const double shift : {-30.0, 0.5, 12.25}) {
    std::vector<double> moved;
    for (const double v : values) moved.push_back(v + shift);
    EXPECT_NEAR(density_mode(moved, shift, kWidth).at, at + shift, 0.026);
  }
}

TEST(DensityMode, without_values_in_reach_is_what_was_expected) {
  EXPECT_EQ(density_mode({}, 1.5, kWidth).at, 1.5);
  const std::vector<double> far{100, -100, std::nan(""), INFINITY, -INFINITY};
  EXPECT_EQ(density_mode(far, 1.5, kWidth).at, 1.5);
  EXPECT_EQ(density_mode(far, 1.5, kWidth).height, 0);
}

TEST(DensityMode, outliers_do_not_pull) {
  Rng random(9, 0);
  auto values = cluster(random, 200, 1, 0.1);
  const double at = density_mode(values, 0, kWidth).at;
  for (int i = 0; i < 150; ++i) values.push_back(3 + 4 * random.uniform());
  EXPECT_NEAR(density_mode(values, 0, kWidth).at, at, 0.03);
}

}  // namespace
}  // namespace overland::quant
