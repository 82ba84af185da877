#include "report/quantity_tables.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/report_example.h"

namespace overland::report {
namespace {

using namespace support;

const std::vector<std::string> kRuns{"r0", "r1", "r2"};

// Groups with values in some of the runs.
LevelQuantities random_level(std::uint64_t seed, std::size_t groups) {
  Rng random(seed, 0);
  LevelQuantities level{"Protein.Group", {}, {{}}, {"Genes"}, "Global.PG.Q.Value", {}, {}};
  level.profiles.begin = {0};
  level.profiles.duplicates = 3;
  for (std::size_t g = 0; g < groups; ++g) {
    level.names.push_back("group " + std::to_string(100 + g));
    level.more[0].push_back("gene " + std::to_string(g));
    level.q_value.push_back(random.below(8) == 0 ? kMissing : 0.02 * random.uniform());
    for (std::uint32_t run = 0; run < 3; ++run) {
      if (random.below(3) == 0) continue;
      level.profiles.run.push_back(run);
      level.profiles.ions.push_back(static_cast<std::uint32_t>(1 + random.below(9)));
      level.profiles.component.push_back(0);
      level.profiles.log2_quantity.push_back(10 + 10 * random.uniform());
    }
    level.profiles.begin.push_back(level.profiles.run.size());
  }
  return level;
}

TEST(LinearQuantity, is_two_to_the_power) {
  for (int i = -60; i <= 60; ++i) {
    const double log2 = i / 2.0;
    EXPECT_NEAR(linear_quantity(log2) / std::exp2(log2), 1, 1e-13) << log2;
  }
}

TEST(QuantityTables, long_and_wide_hold_the_same_values) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    const LevelQuantities level = random_level(seed, 50);
    const io::Table long_table = make_long_level(level, all_names(level), kRuns, "PG.MaxLFQ");
    EXPECT_EQ(columns_of(long_table),
              "Run:text Protein.Group:text Genes:text Global.PG.Q.Value:double PG.MaxLFQ:double "
              "Precursors:uint32 Component:uint32");
    const TextTable rows = text_table(long_table);
    const TextTable wide = text_table(make_wide_level(level, all_names(level), kRuns));
    EXPECT_EQ(wide.header, (std::vector<std::string>{"Protein.Group", "Genes", "Global.PG.Q.Value",
                                                     "r0", "r1", "r2"}));
    EXPECT_TRUE(has_unique_rows(rows, {"Run", "Protein.Group"}));
    EXPECT_EQ(wide.column("Protein.Group"), level.names);
    std::size_t cells = 0;
    for (std::size_t g = 0; g < wide.rows.size(); ++g)
      for (const std::string& run : kRuns) cells += wide.at(g, run).empty() ? 0U : 1U;
    EXPECT_EQ(cells, rows.rows.size());
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
      const auto name = std::ranges::find(level.names, rows.at(i, "Protein.Group"));
      const auto g = static_cast<std::size_t>(name - level.names.begin());
      EXPECT_EQ(wide.at(g, rows.at(i, "Run")), rows.at(i, "PG.MaxLFQ"));
      EXPECT_EQ(rows.at(i, "Genes"), level.more[0][g]);
      EXPECT_NEAR(std::log2(rows.number(i, "PG.MaxLFQ")), level.profiles.log2_quantity[i], 1e-12);
      EXPECT_EQ(rows.number(i, "Precursors"), level.profiles.ions[i]);
    }
  }
}

TEST(KeepConfidentNames, leaves_the_rows_of_those_at_or_below_the_level) {
  for (const double q : {0.0, 0.01, 0.02}) {
    const LevelQuantities before = random_level(7, 60);
    LevelQuantities after = before;
    keep_confident_names(after, q);
    const TextTable all = text_table(make_long_level(before, all_names(before), kRuns, "Q"));
    const TextTable kept = text_table(make_long_level(after, all_names(after), kRuns, "Q"));
    std::vector<std::vector<std::string>> want;
    for (std::size_t i = 0; i < all.rows.size(); ++i)
      if (all.number(i, "Global.PG.Q.Value") <= q) want.push_back(all.rows[i]);
    EXPECT_EQ(kept.rows, want) << "a missing q-value passes at no level";
    EXPECT_EQ(after.profiles.begin.size(), after.names.size() + 1);
    EXPECT_EQ(after.profiles.duplicates, 3U);
  }
}

TEST(NormalisationTable, has_each_point_of_each_curve) {
  const std::vector<quant::NormalisationCurve> curves{
      {.method = "curve",
       .rt = {1, 2, 3},
       .log2 = {0.1, 0.2, 0.3},
       .precursors = 50,
       .residual_sd = 0.2},
      {.method = "constant", .rt = {0}, .log2 = {-0.5}, .precursors = 20, .residual_sd = 0.1},
      {.method = "none", .rt = {}, .log2 = {}, .precursors = 0, .residual_sd = 0}};
  const TextTable table = text_table(make_normalisation_table(curves, kRuns));
  EXPECT_TRUE(keeps_to(table, {{"Run", is_one_of({"r0", "r1", "r2"})},
                               {"Method", is_one_of({"curve", "constant", "none"})},
                               {"Precursors", is_count(0, 1e9)},
                               {"Residual.SD", is_number(0, 10)},
                               {"RT", or_missing(is_number(0, 1000))},
                               {"Log2.Correction", is_number(-20, 20)}}));
  ASSERT_EQ(table.rows.size(), 5U);
  EXPECT_EQ(table.column("RT"), (std::vector<std::string>{"1", "2", "3", "", ""}));
  EXPECT_EQ(table.column("Log2.Correction"),
            (std::vector<std::string>{"0.1", "0.2", "0.3", "-0.5", "0"}));
}

TEST(QuantityTables, of_nothing_have_their_columns) {
  const LevelQuantities none = random_level(1, 0);
  EXPECT_EQ(make_long_level(none, all_names(none), kRuns, "PG.MaxLFQ").columns().size(), 7U);
  EXPECT_EQ(make_wide_level(none, all_names(none), kRuns).row_count(), 0U);
}

}  // namespace
}  // namespace overland::report
