#include "report/run_comparison.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"

namespace overland::report {
namespace {

// Two conditions of three runs; precursor p is twice as much in the second where p is odd.
std::vector<QuantityEntry> entries(std::size_t precursors, double noise, double missing,
                                   std::uint64_t seed) {
  Rng rng(seed, 0);
  std::vector<QuantityEntry> all;
  for (std::uint32_t run = 0; run < 6; ++run)
    for (std::uint32_t p = 0; p < precursors; ++p) {
      if (rng.uniform() < missing) continue;
      const double effect = run >= 3 && p % 2 == 1 ? 1 : 0;
      all.push_back({p, run, static_cast<float>(10 + p % 7 + effect + noise * rng.normal())});
    }
  return all;
}

const Conditions kConditions{.names = {"A", "B"}, .of_run = {0, 0, 0, 1, 1, 1}, .origin = ""};

TEST(RunComparison, variation_is_the_textbook_formula) {
  const std::vector<QuantityEntry> three{
      {0, 0, std::log2(8.0F)}, {0, 1, std::log2(10.0F)}, {0, 2, std::log2(12.0F)}, {1, 0, 5}};
  const auto all = variations(by_precursor(three), kConditions);
  ASSERT_EQ(all.size(), 1U) << "one of three runs is too few";
  ASSERT_EQ(all[0].cv_percent.size(), 1U);
  EXPECT_NEAR(all[0].cv_percent[0], 100 * 2.0 / 10.0, 1e-4);
}

TEST(RunComparison, ratios_are_those_put_in) {
  const auto rows = by_precursor(entries(200, 0, 0.1, 3));
  const auto all = ratios(rows, kConditions, 1, 0);
  ASSERT_GT(all.size(), 190U);
  for (const Ratio& r : all) EXPECT_NEAR(r.log2_ratio, r.precursor % 2, 1e-5) << r.precursor;
}

// Pearson's r by its definition.
double slow_correlation(const std::vector<QuantityEntry>& all, std::uint32_t a, std::uint32_t b) {
  std::vector<std::pair<double, double>> both;
  for (const QuantityEntry& x : all)
    for (const QuantityEntry& y : all)
      if (x.run == a && y.run == b && x.precursor == y.precursor)
        both.emplace_back(x.log2_quantity, y.log2_quantity);
  double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
  for (const auto& [x, y] : both) mx += x, my += y;
  mx /= static_cast<double>(both.size()), my /= static_cast<double>(both.size());
  for (const auto& [x, y] : both)
    xx += (x - mx) * (x - mx), yy += (y - my) * (y - my), xy += (x - mx) * (y - my);
  return xy / std::sqrt(xx * yy);
}

TEST(RunComparison, correlation_equals_its_definition) {
  const auto all = entries(60, 0.5, 0.3, 11);
  const std::vector<std::uint32_t> runs{0, 2, 5};
  const auto r = correlations(by_precursor(all), runs);
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (std::size_t j = 0; j < runs.size(); ++j)
      EXPECT_NEAR(r[i][j], i == j ? 1 : slow_correlation(all, runs[i], runs[j]), 1e-9);
}

TEST(RunComparison, the_first_component_tells_the_conditions_apart) {
  const std::vector<std::uint32_t> runs{0, 1, 2, 3, 4, 5};
  const Components c = principal_components(by_precursor(entries(300, 0.1, 0.02, 7)), runs);
  EXPECT_GT(c.precursors, 280U);
  EXPECT_GT(c.first_share, 0.8);
  EXPECT_LT(c.second_share, 0.1);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(c.first[i] > 0, c.first[i < 3 ? 0 : 3] > 0) << i;
  EXPECT_LT(c.first[0] * c.first[3], 0);
}

TEST(RunComparison, nothing_in_nothing_out) {
  const QuantityRows none = by_precursor({});
  EXPECT_EQ(none.size(), 0U);
  EXPECT_TRUE(variations(none, kConditions).empty());
  EXPECT_TRUE(ratios(none, kConditions, 0, 1).empty());
  EXPECT_EQ(principal_components(none, {}).precursors, 0U);
}

}  // namespace
}  // namespace overland::report
