#include "quant/group_matrix.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "base/rng.h"
#include "quant/ratio_medians.h"

namespace overland::quant {
namespace {

struct Rows {
  std::vector<std::uint32_t> group, ion, run;
  std::vector<double> quantity, sd;
  [[nodiscard]] LfqColumns columns() const { return {group, ion, run, quantity, sd}; }
  [[nodiscard]] std::vector<std::uint32_t> all() const {
    std::vector<std::uint32_t> rows(quantity.size());
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
  }
};

Rows random_rows(std::uint64_t seed, std::size_t count) {
  constexpr double kOdd[] = {0, -1, std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::infinity()};
  Rng random(seed, 0);
  Rows rows;
  for (std::size_t i = 0; i < count; ++i) {
    rows.group.push_back(0);
    rows.ion.push_back(static_cast<std::uint32_t>(3 * random.below(8)));
    rows.run.push_back(static_cast<std::uint32_t>(100 + 7 * random.below(12)));
    rows.quantity.push_back(random.below(6) == 0 ? kOdd[random.below(4)]
                                                 : std::exp2(20 * random.uniform()));
    rows.sd.push_back(random.below(4) == 0 ? kOdd[random.below(4)] : random.uniform());
  }
  return rows;
}

TEST(GroupMatrix, holds_the_greatest_quantity_of_each_ion_and_run) {
  GroupMatrix matrix;  // used again for each table
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    const Rows rows = random_rows(seed, seed == 30 ? 0 : 60);
    const std::size_t doubles = matrix.fill(rows.columns(), rows.all());
    std::map<std::uint32_t, std::map<std::uint32_t, std::pair<double, double>>> want;
    std::set<std::uint32_t> runs;
    std::size_t seen = 0, distinct = 0;
    for (std::size_t i = 0; i < rows.quantity.size(); ++i) {
      const double q = rows.quantity[i];
      if (!(q > 0) || !std::isfinite(q)) continue;
      ++seen;
      runs.insert(rows.run[i]);
      auto& cell = want[rows.ion[i]][rows.run[i]];
      distinct += cell.first == 0 ? 1U : 0U;
      const double sd = rows.sd[i] > 0 && std::isfinite(rows.sd[i]) ? rows.sd[i] / q : 0;
      if (q > cell.first) cell = {q, sd};
    }
    EXPECT_EQ(doubles, seen - distinct);
    ASSERT_EQ(matrix.ion_count(), want.size());
    ASSERT_EQ(matrix.run_count(), runs.size());
    EXPECT_TRUE(std::ranges::equal(matrix.runs(), runs)) << "ascending";
    std::size_t i = 0;
    for (const auto& [ion, of_run] : want) {
      std::size_t r = 0;
      for (const std::uint32_t run : runs) {
        const auto cell = of_run.find(run);
        EXPECT_EQ(GroupMatrix::is_present(matrix.ion(i)[r]), cell != of_run.end());
        if (cell != of_run.end()) {
          EXPECT_NEAR(matrix.ion(i)[r], std::log2(cell->second.first), 1e-12);
          EXPECT_DOUBLE_EQ(matrix.relative_sd(i)[r], cell->second.second);
        }
        ++r;
      }
      EXPECT_EQ(matrix.ion(i).size() % kLanes, 0U);
      for (; r < matrix.ion(i).size(); ++r) EXPECT_FALSE(GroupMatrix::is_present(matrix.ion(i)[r]));
      ++i;
    }
  }
}

TEST(GroupMatrix, takes_the_rows_it_is_given_and_no_others) {
  const Rows rows = random_rows(5, 60);
  GroupMatrix matrix;
  EXPECT_EQ(matrix.fill(rows.columns(), {}), 0U);
  EXPECT_EQ(matrix.ion_count(), 0U);
  EXPECT_EQ(matrix.run_count(), 0U);
  Rows one;
  one.group = {0}, one.ion = {4'000'000}, one.run = {9}, one.quantity = {8};
  EXPECT_EQ(matrix.fill(one.columns(), one.all()), 0U);
  EXPECT_NEAR(matrix.ion(0)[0], 3, 1e-12);
  EXPECT_EQ(matrix.relative_sd(0)[0], 0) << "unknown";
}

}  // namespace
}  // namespace overland::quant
