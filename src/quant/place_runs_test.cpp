#include "quant/place_runs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "base/rng.h"

namespace overland::quant {
namespace {

struct Cohort final : CohortSource {
  std::vector<std::vector<RunQuantity>> runs;
  std::vector<double> amount;  // log2, of each run
  std::size_t broken = std::numeric_limits<std::size_t>::max();

  [[nodiscard]] std::size_t run_count() const override { return runs.size(); }
  [[nodiscard]] std::size_t row_count(std::size_t run) const override { return runs[run].size(); }
  [[nodiscard]] Result<RunQuantities> open(std::size_t run) const override {
    if (run == broken) return fail("OVL-RES-002", "cannot map", "", "");
    const auto order = std::make_shared<std::vector<std::uint32_t>>(order_by_time(runs[run]));
    return RunQuantities{runs[run], *order, order};
  }
};

// Offsets of the runs of a cohort that can be read.
std::vector<double> placed(const Cohort& c, std::size_t precursors) {
  auto offset = place_runs(c, precursors);
  EXPECT_TRUE(offset) << offset.error().message();
  return offset ? std::move(*offset) : std::vector<double>();
}

// Precursors of which `changed` are `effect` higher in the second half of the runs.
Cohort cohort(std::uint64_t seed, std::size_t runs, std::uint32_t precursors, double changed,
              double effect, double filled = 0.8) {
  Cohort c;
  Rng random(seed, 0);
  std::vector<double> level(precursors);
  for (double& v : level) v = 15 + 3 * random.normal();
  for (std::size_t r = 0; r < runs; ++r) {
    c.amount.push_back(0.6 * random.normal());
    std::vector<RunQuantity>& run = c.runs.emplace_back();
    for (std::uint32_t p = 0; p < precursors; ++p) {
      if (random.uniform() > filled) continue;
      const bool is_changed = r >= runs / 2 && p < changed * precursors;
      const double rt = 60 * random.uniform();
      run.push_back({p, static_cast<float>(rt),
                     level[p] + c.amount[r] + (is_changed ? effect : 0) + 0.1 * random.normal()});
    }
  }
  return c;
}

// Offsets hold up to a constant.
void expect_amounts(const std::vector<double>& offset, const Cohort& c, double tolerance) {
  for (std::size_t r = 1; r < offset.size(); ++r)
    EXPECT_NEAR(offset[r] - offset[0], c.amount[r] - c.amount[0], tolerance) << "run " << r;
}

TEST(PlaceRuns, finds_the_amounts_of_runs_alike) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    const Cohort c = cohort(seed, 10, 400, 0, 0);
    expect_amounts(placed(c, 400), c, 0.06);
  }
}

TEST(PlaceRuns, is_not_pulled_by_a_third_that_changes) {
  const Cohort c = cohort(5, 12, 600, 0.33, 2);
  expect_amounts(placed(c, 600), c, 0.08);
}

TEST(PlaceRuns, more_runs_than_anchors_are_placed_as_well) {
  const Cohort c = cohort(7, 60, 200, 0, 0);
  expect_amounts(placed(c, 200), c, 0.1);
}

TEST(PlaceRuns, runs_without_a_common_precursor_are_left_where_they_are) {
  Cohort c = cohort(9, 4, 200, 0, 0, 1);
  for (RunQuantity& row : c.runs[3]) row.precursor += 200;
  const auto offset = placed(c, 400);
  ASSERT_EQ(offset.size(), 4U);
  for (const double o : offset) EXPECT_TRUE(std::isfinite(o));
}

TEST(PlaceRuns, too_few_shared_precursors_say_nothing) {
  const Cohort c = cohort(11, 3, kLeastShared - 1, 0, 0, 1);
  for (const double o : placed(c, kLeastShared - 1)) EXPECT_EQ(o, 0);
  Cohort none;
  EXPECT_TRUE(placed(none, 10).empty());
  none.runs.resize(2);
  EXPECT_EQ(placed(none, 10), (std::vector<double>{0, 0}));
}

TEST(PlaceRuns, does_not_depend_on_retention_times) {
  Cohort c = cohort(13, 6, 200, 0.2, 1);
  const auto before = placed(c, 200);
  for (auto& run : c.runs)
    for (RunQuantity& row : run) row.rt = 60 - row.rt;
  EXPECT_EQ(placed(c, 200), before);
}

TEST(PlaceRuns, a_run_that_cannot_be_read_is_its_error) {
  Cohort c = cohort(17, 4, 100, 0, 0);
  c.broken = 2;
  const auto offset = place_runs(c, 100);
  ASSERT_FALSE(offset);
  EXPECT_EQ(offset.error().code, "OVL-RES-002");
}

TEST(LowerMedian, is_a_value_of_the_list) {
  Rng random(15, 0);
  for (std::size_t n = 1; n < 50; ++n) {
    std::vector<double> values;
    for (std::size_t i = 0; i < n; ++i) values.push_back(static_cast<double>(random.below(9)));
    std::vector<double> sorted = values;
    std::ranges::sort(sorted);
    EXPECT_EQ(lower_median(values), sorted[(n - 1) / 2]);
  }
}

}  // namespace
}  // namespace overland::quant
