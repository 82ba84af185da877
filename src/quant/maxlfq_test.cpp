// MaxLFQ against a slow, obvious twin, and on the awkward tables.
#include "quant/maxlfq.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>
#include <set>

#include "base/rng.h"
#include "quant/ratio_units.h"

namespace overland::quant {
namespace {

struct TestTable {
  std::vector<std::uint32_t> group, ion, run;
  std::vector<double> quantity, sd;

  void add(std::uint32_t g, std::uint32_t i, std::uint32_t r, double q) {
    group.push_back(g);
    ion.push_back(i);
    run.push_back(r);
    quantity.push_back(q);
  }
  [[nodiscard]] LfqColumns columns() const { return {group, ion, run, quantity, sd}; }
};

LfqProfiles solve(const TestTable& table, std::size_t groups, LfqOptions options = {}) {
  return quantify_groups(table.columns(), groups, options);
}

// Each ion has a different level; runs follow the group's profile, with noise and gaps.
TestTable random_table(std::uint64_t seed, std::size_t groups, std::uint32_t runs,
                       double missing_share) {
  Rng rng(seed, 0);
  TestTable table;
  std::uint32_t ion = 0;
  for (std::uint32_t g = 0; g < groups; ++g) {
    const std::uint64_t ions = 1 + rng.below(g % 7 == 0 ? 90 : 9);
    std::vector<double> profile(runs);
    for (double& p : profile) p = 2 * rng.normal();
    for (std::uint64_t i = 0; i < ions; ++i, ++ion) {
      const double level = 15 + 3 * rng.normal();
      for (std::uint32_t r = 0; r < runs; ++r) {
        if (rng.uniform() < missing_share) continue;
        table.add(g, ion, r, std::exp2(level + profile[r] + 0.3 * rng.normal()));
      }
    }
  }
  return table;
}

double plain_median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  const std::size_t n = v.size();
  return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

using Logs = std::map<std::uint32_t, std::map<std::uint32_t, double>>;  // run -> ion -> log2

Logs logs_of(const TestTable& table, std::uint32_t group) {
  Logs logs;
  for (std::size_t k = 0; k < table.group.size(); ++k) {
    if (table.group[k] == group) logs[table.run[k]][table.ion[k]] = std::log2(table.quantity[k]);
  }
  return logs;
}

// Gauss-Jordan elimination with pivots of a small dense system.
std::vector<double> solve_dense(std::vector<std::vector<double>> a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t c = 0; c < n; ++c) {
    std::size_t pivot = c;
    for (std::size_t r = c; r < n; ++r) {
      if (std::abs(a[r][c]) > std::abs(a[pivot][c])) pivot = r;
    }
    std::swap(a[c], a[pivot]);
    std::swap(b[c], b[pivot]);
    for (std::size_t r = 0; r < n; ++r) {
      if (r == c) continue;
      const double f = a[r][c] / a[c][c];
      for (std::size_t k = c; k < n; ++k) a[r][k] -= f * a[c][k];
      b[r] -= f * b[c];
    }
  }
  for (std::size_t r = 0; r < n; ++r) b[r] /= a[r][r];
  return b;
}

// The twin: all runs of all components in one dense system with a Lagrange multiplier for each
// component that fixes its mean log2 quantity.
std::map<std::uint32_t, double> twin(const Logs& logs) {
  std::vector<std::uint32_t> runs;
  for (const auto& [run, ions] : logs) runs.push_back(run);
  const std::size_t n = runs.size();
  std::vector<std::size_t> component(n);
  std::iota(component.begin(), component.end(), std::size_t{0});
  std::vector<std::vector<double>> a(n, std::vector<double>(n, 0));
  std::vector<double> b(n, 0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      std::vector<double> ratios;
      for (const auto& [ion, log2] : logs.at(runs[i])) {
        if (const auto& other = logs.at(runs[j]); other.contains(ion)) {
          ratios.push_back(log2 - other.at(ion));
        }
      }
      if (ratios.empty()) continue;
      const double m = plain_median(ratios);
      a[i][i] += 1, a[j][j] += 1, a[i][j] -= 1, a[j][i] -= 1, b[i] += m, b[j] -= m;
      const std::size_t from = component[i], to = component[j];
      for (std::size_t& c : component) c = c == from ? to : c;
    }
  }
  const std::set<std::size_t> distinct(component.begin(), component.end());
  for (const std::size_t c : distinct) {
    for (auto& row : a) row.push_back(0);
    a.emplace_back(a.front().size(), 0);
    double sum = 0, count = 0, members = 0;
    std::vector<double> last;
    for (std::size_t i = 0; i < n; ++i) {
      if (component[i] != c) continue;
      a[i].back() = a.back()[i] = 1;
      members += 1;
      last.clear();
      for (const auto& [ion, log2] : logs.at(runs[i]))
        sum += log2, count += 1, last.push_back(log2);
    }
    b.push_back(members == 1 ? plain_median(last) : members * sum / count);
  }
  const std::vector<double> x = solve_dense(a, b);
  std::map<std::uint32_t, double> out;
  for (std::size_t i = 0; i < n; ++i) out[runs[i]] = x[i];
  return out;
}

void expect_as_twin(const TestTable& table, std::size_t groups) {
  const LfqProfiles got = solve(table, groups, {.level = LfqLevel::mean, .machine = 2});
  ASSERT_EQ(got.begin.size(), groups + 1);
  for (std::uint32_t g = 0; g < groups; ++g) {
    const auto want = twin(logs_of(table, g));
    ASSERT_EQ(got.begin[g + 1] - got.begin[g], want.size()) << "group " << g;
    for (std::size_t k = got.begin[g]; k < got.begin[g + 1]; ++k) {
      EXPECT_NEAR(got.log2_quantity[k], want.at(got.run[k]), 1e-9) << "group " << g;
    }
  }
}

// Ions by runs, log2, with gaps; whole numbers now and then, which make ties.
struct TestTraces {
  static constexpr std::size_t kRuns = 3 * kLanes;
  std::vector<std::vector<double>> rows;
  std::vector<const double*> traces;
  std::vector<double> values;  // of run 0, which all ions have

  TestTraces(Rng& rng, std::size_t ions) {
    for (std::size_t k = 0; k < ions; ++k) {
      std::vector<double> row(kRuns);
      for (double& v : row) {
        v = rng.uniform() < 0.5 ? static_cast<double>(rng.below(5)) : rng.normal();
        if (rng.uniform() < 0.3) v = GroupMatrix::kMissing;
      }
      row[0] = rng.normal();
      rows.push_back(row);
    }
    for (const auto& row : rows) traces.push_back(row.data()), values.push_back(row[0]);
  }
  [[nodiscard]] std::vector<double> ratios(std::size_t other) const {
    std::vector<double> ratios;
    for (const auto& row : rows) {
      if (GroupMatrix::is_present(row[other])) ratios.push_back(row[0] - row[other]);
    }
    return ratios;
  }
};

TEST(RatioMedians, are_those_of_each_pair_of_runs) {
  Rng rng(11, 0);
  RunRatios ratios;
  for (std::size_t ions = 0; ions < 300; ions += ions < 80 ? 1 : 37) {
    const TestTraces test(rng, ions);
    ratios.set(test.values, test.traces);
    for (std::size_t other = 0; other < TestTraces::kRuns; other += kLanes) {
      RatioMedians got{};
      ratios.medians(other, got);
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const std::vector<double> want = test.ratios(other + lane);
        ASSERT_EQ(got.count[lane], want.size()) << ions << " ions, run " << other + lane;
        EXPECT_EQ(got.median[lane], want.empty() ? 0 : plain_median(want)) << ions << " ions";
      }
    }
  }
}

TEST(RatioMedians, every_vector_unit_of_this_machine_gives_the_same_bytes) {
  Rng rng(12, 0);
  for (std::size_t ions = 1; ions <= kNetworkMost; ions += ions < 70 ? 1 : 31) {
    const TestTraces test(rng, ions);
    const std::vector<Exchange> network = median_exchanges(ions);
    std::vector<std::vector<double>> sorted;
    std::vector<std::array<std::uint32_t, kLanes>> counts;
    for (const SortRatios sort : ratio_units()) {
      sorted.emplace_back(ions * kLanes);
      counts.emplace_back();
      sort({test.values.data(), test.traces.data(), ions, network.data(), network.size(),
            sorted.back().data()},
           kLanes, counts.back().data());
      sorted.back().resize(std::min(ions, ions / 2 + 1) * kLanes);
      EXPECT_EQ(counts.back(), counts.front()) << ions;
      EXPECT_EQ(std::memcmp(sorted.back().data(), sorted.front().data(),
                            sorted.front().size() * sizeof(double)),
                0)
          << ions;
    }
  }
}

TEST(MaxLfq, agrees_with_the_dense_twin) {
  expect_as_twin(random_table(1, 40, 9, 0.1), 40);
  expect_as_twin(random_table(2, 40, 30, 0.5), 40);
  expect_as_twin(random_table(3, 12, 70, 0.85), 12);
  expect_as_twin(random_table(4, 200, 6, 0.7), 200);
}

// A chain: each run shares one ion with the next only, which is the hardest for the iteration.
TEST(MaxLfq, follows_a_long_chain_of_runs) {
  TestTable table;
  Rng rng(5, 0);
  std::vector<double> truth(300);
  for (double& t : truth) t = rng.normal();
  for (std::uint32_t r = 0; r + 1 < truth.size(); ++r) {
    const double level = 12 + rng.normal();
    table.add(0, r, r, std::exp2(level + truth[r]));
    table.add(0, r, r + 1, std::exp2(level + truth[r + 1]));
  }
  const LfqProfiles got = solve(table, 1);
  for (std::size_t r = 0; r < truth.size(); ++r) {
    EXPECT_NEAR(got.log2_quantity[r] - got.log2_quantity[0], truth[r] - truth[0], 1e-8);
  }
}

TEST(MaxLfq, recovers_a_profile_without_noise_whatever_is_missing) {
  Rng rng(6, 0);
  TestTable table;
  std::vector<double> truth(40);
  for (double& t : truth) t = 10 * rng.normal();  // a thousandfold and more
  for (std::uint32_t ion = 0; ion < 12; ++ion) {
    for (std::uint32_t r = 0; r < truth.size(); ++r) {
      if (rng.uniform() < 0.6) table.add(0, ion, r, std::exp2(2.0 * ion + truth[r]));
    }
  }
  const LfqProfiles got = solve(table, 1);
  ASSERT_EQ(got.run.size(), truth.size());
  for (std::size_t r = 0; r < truth.size(); ++r) {
    EXPECT_NEAR(got.log2_quantity[r] - got.log2_quantity[0], truth[r] - truth[0], 1e-9);
  }
}

// Runs 0, 1 know ions 0, 1; runs 2, 3 know ion 2 only: no ratio between the two pairs.
TestTable two_islands() {
  TestTable table;
  table.add(0, 0, 0, 100), table.add(0, 0, 1, 200);
  table.add(0, 1, 0, 1000), table.add(0, 1, 1, 2000);
  table.add(0, 2, 2, 50), table.add(0, 2, 3, 10);
  return table;
}

TEST(MaxLfq, keeps_components_apart_each_at_its_own_level) {
  for (const LfqLevel level : {LfqLevel::top, LfqLevel::sum, LfqLevel::mean}) {
    const LfqProfiles got = solve(two_islands(), 1, {.level = level});
    EXPECT_EQ(got.component, (std::vector<std::uint32_t>{0, 0, 1, 1}));
    EXPECT_NEAR(got.log2_quantity[1] - got.log2_quantity[0], 1, 1e-12);
    // One ion: its own quantities.
    EXPECT_NEAR(std::exp2(got.log2_quantity[2]), 50, 1e-9);
    EXPECT_NEAR(std::exp2(got.log2_quantity[3]), 10, 1e-9);
    const double first = std::exp2(got.log2_quantity[0]);
    const double want = level == LfqLevel::top   ? 1000
                        : level == LfqLevel::sum ? 1100
                                                 : std::sqrt(100.0 * 1000.0);
    EXPECT_NEAR(first, want, 1e-9);
  }
}

TEST(MaxLfq, can_ask_for_more_than_one_shared_ion) {
  TestTable table;
  table.add(0, 0, 0, 8), table.add(0, 0, 1, 16), table.add(0, 0, 2, 4);
  table.add(0, 1, 0, 8), table.add(0, 1, 1, 16);
  EXPECT_EQ(solve(table, 1).component, (std::vector<std::uint32_t>{0, 0, 0}));
  EXPECT_EQ(solve(table, 1, {.least_shared = 2}).component, (std::vector<std::uint32_t>{0, 0, 1}));
}

TEST(MaxLfq, leaves_out_what_is_no_quantity) {
  TestTable table = two_islands();
  const LfqProfiles clean = solve(table, 1);
  table.add(0, 0, 2, 0);
  table.add(0, 1, 3, -5);
  table.add(0, 1, 2, std::numeric_limits<double>::quiet_NaN());
  table.add(0, 2, 0, std::numeric_limits<double>::infinity());
  table.add(0, 9, 9, 0);  // an ion and a run of nothing else
  const LfqProfiles got = solve(table, 1);
  EXPECT_EQ(got.run, clean.run);
  EXPECT_EQ(got.log2_quantity, clean.log2_quantity);
}

TEST(MaxLfq, a_table_twice_is_the_table_once) {
  TestTable table = random_table(7, 30, 12, 0.4);
  const LfqProfiles once = solve(table, 30);
  const std::size_t rows = table.group.size();
  for (std::size_t k = 0; k < rows; ++k) {
    table.add(table.group[k], table.ion[k], table.run[k],
              table.quantity[k] * (k % 2 == 0 ? 1 : 0.5));
  }
  const LfqProfiles twice = solve(table, 30);
  EXPECT_EQ(once.log2_quantity, twice.log2_quantity);
  EXPECT_EQ(once.duplicates, 0U);
  EXPECT_EQ(twice.duplicates, rows);
}

TEST(MaxLfq, groups_without_values_and_empty_tables_are_empty) {
  EXPECT_EQ(solve({}, 3).begin, (std::vector<std::uint64_t>{0, 0, 0, 0}));
  TestTable table;
  table.add(1, 0, 0, 0);
  EXPECT_TRUE(solve(table, 2).run.empty());
  TestTable single;
  single.add(0, 0, 5, 1234.5);
  const LfqProfiles got = solve(single, 1);
  EXPECT_EQ(got.run, (std::vector<std::uint32_t>{5}));
  EXPECT_NEAR(std::exp2(got.log2_quantity[0]), 1234.5, 1e-9);
}

TEST(MaxLfq, survives_the_whole_range_of_doubles) {
  for (const LfqLevel level : {LfqLevel::top, LfqLevel::sum, LfqLevel::mean}) {
    TestTable table;
    table.add(0, 0, 0, 1e-300), table.add(0, 0, 1, 1e300);
    table.add(0, 1, 0, 1e-308), table.add(0, 1, 1, 1e308);
    const LfqProfiles got = solve(table, 1, {.level = level});
    const double want = std::log2(1e300) - std::log2(1e-300);
    EXPECT_NEAR(got.log2_quantity[1] - got.log2_quantity[0], want + std::log2(1e8), 1e-6);
    EXPECT_TRUE(std::isfinite(got.log2_quantity[0]));
  }
}

TEST(MaxLfq, does_not_depend_on_the_order_of_rows) {
  const TestTable table = random_table(8, 20, 15, 0.5);
  TestTable reversed;
  for (std::size_t k = table.group.size(); k-- > 0;) {
    reversed.add(table.group[k], table.ion[k], table.run[k], table.quantity[k]);
  }
  EXPECT_EQ(solve(table, 20).log2_quantity, solve(reversed, 20).log2_quantity);
}

TEST(MaxLfq, gives_the_same_bytes_from_any_number_of_threads) {
  const TestTable table = random_table(9, 100, 40, 0.6);
  const LfqProfiles one = solve(table, 100, {.machine = 1});
  for (const int threads : {2, 5}) {
    const LfqProfiles more = solve(table, 100, {.machine = threads});
    EXPECT_EQ(one.log2_quantity, more.log2_quantity);
    EXPECT_EQ(one.run, more.run);
    EXPECT_EQ(one.begin, more.begin);
  }
}

// Quantities with errors of known, very different size, and a few gross ones.
TestTable noisy_table(std::uint64_t seed, std::size_t groups, std::uint32_t runs,
                      std::vector<std::vector<double>>& truth) {
  Rng rng(seed, 0);
  TestTable table;
  std::uint32_t ion = 0;
  for (std::uint32_t g = 0; g < groups; ++g) {
    std::vector<double> profile(runs);
    for (double& p : profile) p = rng.normal();
    truth.push_back(profile);
    for (std::uint64_t i = 3 + rng.below(10); i-- > 0; ++ion) {
      const double level = 15 + 2 * rng.normal();
      const double scatter = 0.05 + 0.1 * rng.exponential();
      for (std::uint32_t r = 0; r < runs; ++r) {
        if (rng.uniform() < 0.2) continue;
        const double sd = 0.05 + 0.3 * rng.exponential();  // log2
        double error = std::sqrt(sd * sd + scatter * scatter) * rng.normal();
        if (rng.uniform() < 0.01) error += 2;
        table.add(g, ion, r, std::exp2(level + profile[r] + error));
        table.sd.push_back(table.quantity.back() * sd * 0.6931471805599453);
      }
    }
  }
  return table;
}

// Root mean square error of log2 ratios to the first run of each group.
double error_of(const TestTable& table, const std::vector<std::vector<double>>& truth,
                LfqMethod method) {
  const LfqProfiles got = solve(table, truth.size(), {.method = method});
  double squares = 0, count = 0;
  for (std::size_t g = 0; g < truth.size(); ++g) {
    for (std::size_t k = got.begin[g] + 1; k < got.begin[g + 1]; ++k) {
      if (got.component[k] != got.component[got.begin[g]]) continue;
      const double want = truth[g][got.run[k]] - truth[g][got.run[got.begin[g]]];
      const double e = got.log2_quantity[k] - got.log2_quantity[got.begin[g]] - want;
      squares += e * e;
      count += 1;
    }
  }
  return std::sqrt(squares / count);
}

TEST(Weighted, uncertainties_lower_the_error) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    std::vector<std::vector<double>> truth;
    TestTable table = noisy_table(seed, 200, 12, truth);
    const double pairs = error_of(table, truth, LfqMethod::maxlfq);
    const double weighted = error_of(table, truth, LfqMethod::weighted);
    EXPECT_LT(weighted, 0.85 * pairs) << seed << ": " << pairs;
    EXPECT_LT(error_of(table, truth, LfqMethod::aligned), 1.15 * pairs);
    table.sd.clear();
    const double blind = error_of(table, truth, LfqMethod::weighted);
    EXPECT_LT(blind, 1.1 * pairs) << "even without them";
    EXPECT_GT(blind, weighted);
  }
}

TEST(Weighted, all_methods_recover_profiles_without_noise) {
  for (const LfqMethod method : {LfqMethod::weighted, LfqMethod::aligned}) {
    Rng rng(12, 0);
    TestTable table;
    std::vector<double> truth(25);
    for (double& t : truth) t = 4 * rng.normal();
    for (std::uint32_t ion = 0; ion < 9; ++ion) {
      for (std::uint32_t r = 0; r < truth.size(); ++r) {
        if (rng.uniform() < 0.7) table.add(0, ion, r, std::exp2(2.0 * ion + truth[r]));
      }
    }
    const LfqProfiles got = solve(table, 1, {.method = method});
    for (std::size_t k = 1; k < got.run.size(); ++k) {
      EXPECT_NEAR(got.log2_quantity[k] - got.log2_quantity[0],
                  truth[got.run[k]] - truth[got.run[0]], 1e-6);
    }
    const LfqProfiles islands = solve(two_islands(), 1, {.method = method});
    EXPECT_EQ(islands.component, (std::vector<std::uint32_t>{0, 0, 1, 1}));
    EXPECT_NEAR(std::exp2(islands.log2_quantity[2]), 50, 1e-6);
    EXPECT_NEAR(std::exp2(islands.log2_quantity[0]), 1000, 1e-6);
    EXPECT_TRUE(solve({}, 2, {.method = method}).run.empty());
  }
}

}  // namespace
}  // namespace overland::quant
