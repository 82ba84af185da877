#include "quantify/level_rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/rng.h"
#include "support/table_checks.h"

namespace overland::quantify {
namespace {

using support::TestFolder;

std::vector<LevelRow> random_rows(std::uint64_t seed, std::uint32_t names, std::size_t count) {
  Rng rng(seed, 0);
  std::vector<LevelRow> rows;
  for (std::size_t i = 0; i < count; ++i) {
    const auto rank = static_cast<std::uint32_t>(rng.below(names));
    if (rank % 5 == 3) continue;  // names without rows
    const auto ion = 10 * rank + static_cast<std::uint32_t>(rng.below(6));
    const double quantity = rng.below(9) == 0 ? std::nan("") : 1000 * rng.uniform();
    rows.push_back({rank, ion, static_cast<std::uint32_t>(rng.below(7)), quantity, 10});
  }
  return rows;
}

std::vector<std::uint64_t> counts_of(const std::vector<LevelRow>& rows, std::uint32_t names) {
  std::vector<std::uint64_t> counts(names, 0);
  for (const LevelRow& row : rows) ++counts[row.rank];
  return counts;
}

// Run and log2 quantity of each name.
using Profiles = std::map<std::uint32_t, std::vector<std::pair<std::uint32_t, double>>>;

void add(const quant::LfqProfiles& profiles, std::size_t first, Profiles& all) {
  for (std::size_t g = 0; g + 1 < profiles.begin.size(); ++g)
    for (std::size_t k = profiles.begin[g]; k < profiles.begin[g + 1]; ++k)
      all[static_cast<std::uint32_t>(first + g)].emplace_back(profiles.run[k],
                                                              profiles.log2_quantity[k]);
}

TEST(LevelRows, any_blocks_give_the_quantities_of_all_rows_at_once) {
  constexpr std::uint32_t kNames = 40;
  const TestFolder folder;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const std::vector<LevelRow> rows = random_rows(seed, kNames, 3000);
    std::vector<std::uint32_t> group, ion, run;
    std::vector<double> quantity, sd;
    for (const LevelRow& row : rows) {
      group.push_back(row.rank);
      ion.push_back(row.ion);
      run.push_back(row.run);
      quantity.push_back(row.quantity);
      sd.push_back(row.sd);
    }
    const auto whole = quant::quantify_groups({group, ion, run, quantity, sd}, kNames, {});
    Profiles want;
    add(whole, 0, want);
    for (const BlockSizes& sizes :
         {BlockSizes{}, BlockSizes{.rows = 1, .names = 1}, BlockSizes{.rows = 200, .names = 7}}) {
      auto sorted = LevelRows::create(folder.path(), counts_of(rows, kNames), sizes);
      ASSERT_TRUE(sorted) << sorted.error().message();
      for (const LevelRow& row : rows) ASSERT_TRUE(sorted->add(row));
      ASSERT_TRUE(sorted->close());
      Profiles got;
      std::size_t next = 0;
      std::uint64_t duplicates = 0;
      for (const LevelRows::Block& block : sorted->blocks()) {
        EXPECT_EQ(block.first, next) << "blocks follow each other";
        next = block.last;
        const auto profiles = sorted->quantify(block, {});
        ASSERT_TRUE(profiles) << profiles.error().message();
        add(*profiles, block.first, got);
        duplicates += profiles->duplicates;
      }
      EXPECT_EQ(next, kNames);
      EXPECT_EQ(got, want) << "seed " << seed << ", blocks of " << sizes.rows;
      EXPECT_EQ(duplicates, whole.duplicates);
    }
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "scratch files have no name";
}

TEST(LevelRows, blocks_hold_no_more_than_wanted_but_for_single_names) {
  const TestFolder folder;
  const std::vector<std::uint64_t> counts{5, 5, 100, 0, 1, 9, 1};
  const auto rows = LevelRows::create(folder.path(), counts, {.rows = 10, .names = 3});
  ASSERT_TRUE(rows);
  std::vector<std::size_t> sizes;
  for (const LevelRows::Block& block : rows->blocks()) {
    sizes.push_back(block.rows);
    EXPECT_LE(block.last - block.first, 3U);
    EXPECT_TRUE(block.rows <= 10 || block.last - block.first == 1 || block.rows == 100);
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{10, 100, 10, 1}));
}

TEST(LevelRows, without_names_are_one_empty_block) {
  const TestFolder folder;
  auto rows = LevelRows::create(folder.path(), {}, {});
  ASSERT_TRUE(rows);
  ASSERT_TRUE(rows->close());
  ASSERT_EQ(rows->blocks().size(), 1U);
  const auto profiles = rows->quantify(rows->blocks()[0], {});
  ASSERT_TRUE(profiles);
  EXPECT_TRUE(profiles->run.empty());
  EXPECT_EQ(LevelRows::create("/proc/no/such", {}, {}).error().code, "OVL-IO-002");
}

TEST(BlockSizes, of_wide_tables_shrink_with_the_number_of_runs) {
  const BlockSizes sizes{.values = 100};
  EXPECT_EQ(sizes.wide_rows(10), 10U);
  EXPECT_EQ(sizes.wide_rows(1000), 1U) << "one at least";
  EXPECT_EQ(sizes.wide_rows(0), 100U);
}

}  // namespace
}  // namespace overland::quantify
