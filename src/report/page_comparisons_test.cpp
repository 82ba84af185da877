#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/rng.h"
#include "report/page_data.h"

namespace overland::report {
namespace {

// Runs of two conditions, in turn; precursors are twice as much in the second.
ReportRows cohort(std::uint64_t seed, std::uint32_t runs, std::uint32_t precursors) {
  ReportRows rows;
  Rng random(seed, 0);
  rows.is_normalised = true;
  rows.species_names = {"", "HUMAN"};
  rows.found_in.assign(precursors, 0);
  for (std::uint32_t run = 0; run < runs; ++run) {
    rows.runs.push_back("r" + std::to_string(run));
    rows.counts.emplace_back();
    for (std::uint32_t p = 0; p < precursors; ++p) {
      if (random.below(10) == 0) continue;
      ++rows.counts[run].precursors;
      ++rows.found_in[p];
      const double log2 = 10 + p % 5 + (run % 2) + 0.05 * random.normal();
      rows.quantities.push_back({p, run, static_cast<float>(log2)});
    }
  }
  for (std::uint32_t p = 0; p < precursors; ++p)
    rows.species.push_back(static_cast<std::uint8_t>(p % 2));
  return rows;
}

Conditions in_turn(std::size_t runs) {
  Conditions c{.names = {"A", "B"}, .of_run = {}, .origin = ""};
  for (std::size_t run = 0; run < runs; ++run) c.of_run.push_back(static_cast<int>(run % 2));
  return c;
}

PageJson compared(const ReportRows& rows, const Conditions& conditions) {
  PageJson page;
  add_comparisons(rows, conditions, page);
  return page;
}

TEST(PageComparisons, missing_values_are_counted_from_the_top) {
  const ReportRows rows = cohort(3, 6, 200);
  const PageJson missing = compared(rows, in_turn(6))["missing"];
  EXPECT_EQ(missing["precursors"], 200);
  std::uint64_t cells = 0;
  for (std::size_t k = 1; k <= 6; ++k) {
    const auto want = std::ranges::count_if(rows.found_in, [&](auto n) { return n >= k; });
    EXPECT_EQ(missing["foundIn"][k - 1], want) << "in at least " << k;
    cells += static_cast<std::uint64_t>(want);
  }
  EXPECT_EQ(missing["complete"], missing["foundIn"][5]);
  EXPECT_NEAR(missing["cells"].get<double>(), static_cast<double>(cells) / 1200, 1e-4);
}

TEST(PageComparisons, conditions_have_their_variation_and_ratio) {
  const PageJson page = compared(cohort(5, 6, 300), in_turn(6));
  ASSERT_EQ(page["cv"].size(), 2U);
  for (const PageJson& cv : page["cv"]) {
    EXPECT_EQ(cv["runs"], 3);
    EXPECT_NEAR(cv["median"].get<double>(), 3, 1.5) << "0.05 in log2 is 3.5 %";
    std::uint64_t sum = 0;
    for (const PageJson& n : cv["counts"]) sum += n.get<std::uint64_t>();
    EXPECT_EQ(cv["precursors"], sum);
  }
  ASSERT_EQ(page["ratios"].size(), 1U);
  const PageJson& ratio = page["ratios"][0];
  EXPECT_EQ(ratio["a"], "A");
  EXPECT_NEAR(ratio["median"].get<double>(), -1, 0.05);
  EXPECT_EQ(ratio["groups"].dump(), R"(["other","HUMAN"])");
  EXPECT_EQ(ratio["x"].size(), ratio["group"].size());
  EXPECT_EQ(ratio["shown"], ratio["x"].size());
}

TEST(PageComparisons, many_ratios_are_thinned_evenly) {
  const PageJson ratio = compared(cohort(7, 4, 9000), in_turn(4))["ratios"][0];
  EXPECT_GT(ratio["count"].get<std::size_t>(), 8000U);
  EXPECT_LE(ratio["shown"].get<std::size_t>(), 2500U);
  EXPECT_GT(ratio["shown"].get<std::size_t>(), 1200U);
}

TEST(PageComparisons, of_many_conditions_the_first_pairs_are_shown) {
  Conditions five{.names = {"A", "B", "C", "D", "E"}, .of_run = {}, .origin = ""};
  for (int run = 0; run < 10; ++run) five.of_run.push_back(run % 5);
  const PageJson ratios = compared(cohort(9, 10, 60), five)["ratios"];
  ASSERT_EQ(ratios.size(), 3U);
  EXPECT_EQ(ratios[2]["b"], "D");
}

TEST(PageComparisons, components_need_three_runs_and_correlations_two) {
  const PageJson one = compared(cohort(11, 1, 50), in_turn(1));
  EXPECT_TRUE(one["pca"].is_null());
  EXPECT_TRUE(one["correlation"].is_null());
  const PageJson two = compared(cohort(11, 2, 50), in_turn(2));
  EXPECT_TRUE(two["pca"].is_null());
  EXPECT_EQ(two["correlation"]["r"].size(), 2U);
  EXPECT_FALSE(compared(cohort(11, 3, 50), in_turn(3))["pca"].is_null());
}

TEST(PageComparisons, correlations_are_symmetric_with_ones_and_conditions_stand_together) {
  const PageJson c = compared(cohort(13, 8, 200), in_turn(8))["correlation"];
  const auto run = c["run"].get<std::vector<std::uint32_t>>();
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(c["r"][i][i], 1);
    for (std::size_t j = 0; j < 8; ++j) EXPECT_EQ(c["r"][i][j], c["r"][j][i]);
    EXPECT_EQ(run[i] % 2, i < 4 ? 0U : 1U);
  }
}

TEST(PageComparisons, a_heat_map_has_at_most_sixty_runs_and_none_twice) {
  ReportRows rows = cohort(15, 150, 20);
  rows.counts[3].precursors = 0;
  const PageJson c = compared(rows, in_turn(150))["correlation"];
  const auto run = c["run"].get<std::vector<std::uint32_t>>();
  EXPECT_EQ(run.size(), 60U);
  EXPECT_EQ(std::set<std::uint32_t>(run.begin(), run.end()).size(), 60U);
  EXPECT_EQ(std::ranges::count(run, 3U), 0) << "a run without rows";
}

TEST(PageComparisons, notes_say_what_the_numbers_are_of) {
  ReportRows rows = cohort(17, 2, 20);
  EXPECT_EQ(compared(rows, in_turn(2))["cvNote"], "Of Precursor.Normalised.");
  rows.is_normalised = false;
  rows.sampled_share = 0.125;
  EXPECT_EQ(compared(rows, in_turn(2))["cvNote"],
            "Of Precursor.Quantity, not normalised between runs. From 12.5 % of the precursors.");
}

TEST(PageComparisons, without_rows_are_empty) {
  const PageJson page = compared(cohort(19, 3, 0), in_turn(3));
  EXPECT_EQ(page["missing"]["cells"], 0);
  EXPECT_TRUE(page["cv"].empty());
  EXPECT_TRUE(page["ratios"].empty());
  EXPECT_TRUE(page["pca"].is_null());
}

}  // namespace
}  // namespace overland::report
