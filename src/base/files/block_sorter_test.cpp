#include "base/files/block_sorter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/rng.h"

namespace overland {
namespace {

struct Numbered {
  std::uint32_t rank = 0, number = 0;
  bool operator==(const Numbered&) const = default;
};

TEST(BlockSorter, rows_are_in_the_block_of_their_rank_in_the_order_of_adding) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / "overland_block_sorter";
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Rng rng(seed, 0);
    const std::uint32_t ranks = 1 + static_cast<std::uint32_t>(rng.below(50));
    std::vector<std::uint64_t> counts(ranks, 0);
    std::vector<Numbered> rows;
    for (std::uint32_t i = 0; i < rng.below(20'000); ++i) {
      rows.push_back({static_cast<std::uint32_t>(rng.below(ranks)), i});
      ++counts[rows.back().rank];
    }
    auto sorter = BlockSorter<Numbered>::create(
        folder, counts, {.rows = 1 + rng.below(5000), .ranks = 1 + rng.below(9)});
    ASSERT_TRUE(sorter);
    for (const Numbered& row : rows) ASSERT_TRUE(sorter->add(row.rank, row));
    ASSERT_TRUE(sorter->close());
    std::size_t next = 0;
    for (const SortedBlock& block : sorter->blocks()) {
      EXPECT_EQ(block.first, next);
      next = block.last;
      std::vector<Numbered> want;
      for (const Numbered& row : rows)
        if (row.rank >= block.first && row.rank < block.last) want.push_back(row);
      const auto view = sorter->rows(block);
      ASSERT_TRUE(view);
      EXPECT_TRUE(std::ranges::equal(view->values, want)) << "seed " << seed;
    }
    EXPECT_EQ(next, ranks);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder)) << "scratch files have no name";
  std::filesystem::remove(folder);
}

}  // namespace
}  // namespace overland
