#include "quant/group_level.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/rng.h"
#include "quant/aligned_profile.h"
#include "quant/weighted_profile.h"

namespace overland::quant {
namespace {

// Two components: runs 0 to 3 share ions, runs 4 and 5 share others.
struct Table {
  std::vector<std::uint32_t> group, ion, run;
  std::vector<double> quantity;
  GroupMatrix matrix;

  explicit Table(std::uint64_t seed) {
    Rng random(seed, 0);
    for (std::uint32_t i = 0; i < 9; ++i)
      for (std::uint32_t r = i < 6 ? 0 : 4; r < (i < 6 ? 4U : 6U); ++r) {
        if (r > 0 && random.below(4) == 0) continue;
        group.push_back(0), ion.push_back(i), run.push_back(r);
        quantity.push_back(std::exp2(10 + 5 * random.uniform()));
      }
    std::vector<std::uint32_t> rows(group.size());
    std::iota(rows.begin(), rows.end(), 0U);
    matrix.fill({group, ion, run, quantity, {}}, rows);
  }
  [[nodiscard]] double log2(std::size_t i, std::size_t r) const { return matrix.ion(i)[r]; }
};

struct Profile {
  std::vector<double> x;
  std::vector<std::uint32_t> component;
  std::size_t components = 0;
};
Profile profile_of(const Table& table) {
  Profile p{.x = std::vector<double>(table.matrix.run_count()),
            .component = std::vector<std::uint32_t>(table.matrix.run_count()),
            .components = 0};
  p.components = fit_aligned_profile(table.matrix, p.x, p.component);
  return p;
}

// What of the profile and of the data each level keeps equal, by its definition.
double kept_of_data(const Table& table, const Profile& p, std::uint32_t c, LfqLevel level) {
  double top = 0, sum = 0, logs = 0, runs = 0, count = 0;
  std::vector<double> last;
  for (std::size_t r = 0; r < p.x.size(); ++r) {
    if (p.component[r] != c) continue;
    ++runs;
    double highest = -1e300;
    last.clear();
    for (std::size_t i = 0; i < table.matrix.ion_count(); ++i) {
      const double v = table.log2(i, r);
      if (!GroupMatrix::is_present(v)) continue;
      highest = std::max(highest, v);
      sum += std::exp2(v), logs += v, ++count;
      last.push_back(v);
    }
    top += highest;
  }
  std::ranges::sort(last);
  const double median = last.size() % 2 == 1
                            ? last[last.size() / 2]
                            : (last[last.size() / 2 - 1] + last[last.size() / 2]) / 2;
  return level == LfqLevel::top   ? top / runs
         : level == LfqLevel::sum ? std::log2(sum)
         : runs == 1              ? median
                                  : logs / count;
}
double kept_of_profile(const Profile& p, std::uint32_t c, LfqLevel level) {
  double sum = 0, logs = 0, runs = 0;
  for (std::size_t r = 0; r < p.x.size(); ++r)
    if (p.component[r] == c) sum += std::exp2(p.x[r]), logs += p.x[r], ++runs;
  return level == LfqLevel::sum ? std::log2(sum) : logs / runs;
}

TEST(GroupLevel, keeps_of_each_component_what_it_is_named_after) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    const Table table(seed);
    for (const auto& [level, name] : EnumNames<LfqLevel>::kNames) {
      Profile p = profile_of(table);
      const Profile before = p;
      set_level(table.matrix, level, p.component, p.components, p.x);
      for (std::uint32_t c = 0; c < p.components; ++c)
        EXPECT_NEAR(kept_of_profile(p, c, level), kept_of_data(table, p, c, level), 1e-9)
            << static_cast<int>(level);
      for (std::size_t a = 0; a < p.x.size(); ++a)
        for (std::size_t b = 0; b < a; ++b)
          if (p.component[a] == p.component[b]) {
            EXPECT_NEAR(p.x[a] - p.x[b], before.x[a] - before.x[b], 1e-12) << "ratios stay";
          }
    }
  }
}

TEST(GroupLevel, of_sums_is_right_beyond_the_range_of_double) {
  const std::vector<std::uint32_t> group(4, 0), ion{0, 1, 0, 1}, run{0, 0, 1, 1};
  const std::vector<double> quantity(4, 1e308);
  GroupMatrix matrix;
  matrix.fill({group, ion, run, quantity, {}}, std::vector<std::uint32_t>{0, 1, 2, 3});
  std::vector<double> x(2);
  std::vector<std::uint32_t> component(2);
  const std::size_t n = fit_weighted_profile(matrix, x, component);
  set_level(matrix, LfqLevel::sum, component, n, x);
  EXPECT_NEAR(x[0], std::log2(1e308) + 1, 1e-9) << "twice the largest";
}

TEST(IonComponents, are_the_same_for_every_method) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Table table(seed);
    const Profile aligned = profile_of(table);
    std::vector<double> x(aligned.x.size());
    std::vector<std::uint32_t> component(aligned.x.size()), found(aligned.x.size());
    EXPECT_EQ(fit_weighted_profile(table.matrix, x, component), aligned.components);
    EXPECT_EQ(find_ion_components(table.matrix, found), aligned.components);
    EXPECT_EQ(component, aligned.component);
    EXPECT_EQ(found, aligned.component);
    EXPECT_GE(aligned.components, 2U);
    std::vector<double> sum(aligned.components, 0);
    for (std::size_t r = 0; r < x.size(); ++r) sum[component[r]] += x[r];
    for (const double s : sum) EXPECT_NEAR(s, 0, 1e-9) << "a mean of 0";
  }
}

}  // namespace
}  // namespace overland::quant
