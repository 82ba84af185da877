// q-values by sorting on disk against those of all winners in memory.
#include "scoring/sorted_rates.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <map>

#include "base/allocation_counter.h"
#include "base/rng.h"
#include "scoring/false_discovery.h"

namespace overland::scoring {
namespace {

namespace fs = std::filesystem;

struct Winners {
  std::vector<float> score;
  std::vector<std::uint32_t> unit;
  std::vector<std::uint8_t> is_decoy;
};

// Scores on a grid have many ties; 0 and -0 are among them.
Winners random_winners(std::uint64_t seed, std::uint32_t count, double grid) {
  Rng rng(seed, 0);
  Winners winners;
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool is_decoy = rng.below(3) == 0;
    const double score = rng.normal() + (is_decoy || rng.below(2) == 0 ? 0 : 4);
    const double placed = grid > 0 ? std::floor(score / grid) * grid : score;
    winners.score.push_back(static_cast<float>(rng.below(2) == 0 && placed == 0 ? -0.0 : placed));
    winners.unit.push_back(i);
    winners.is_decoy.push_back(is_decoy ? 1 : 0);
  }
  return winners;
}

Result<QValueSteps> sorted_rates(const Winners& winners, const fs::path& folder, std::size_t most,
                                 double most_q) {
  SortedRates rates;
  for (std::size_t i = 0; i < winners.score.size(); ++i)
    rates.count(winners.score[i], winners.is_decoy[i] != 0);
  if (auto done = rates.sort_into(folder, most); !done) return std::unexpected(done.error());
  for (std::size_t i = 0; i < winners.score.size(); ++i)
    if (auto done = rates.add(winners.score[i], winners.is_decoy[i] != 0); !done)
      return std::unexpected(done.error());
  return rates.finish(1, most_q);
}

TEST(SortedRates, are_the_q_values_of_all_winners_in_memory) {
  const fs::path folder = fs::temp_directory_path();
  std::uint64_t seed = 0;
  for (const std::uint32_t count : {0U, 1U, 2U, 50U, 3000U}) {
    for (const double grid : {0.0, 0.01, 0.5, 3.0}) {
      const Winners winners = random_winners(++seed, count, grid);
      const std::vector<double> q = q_values(winners.score, winners.unit, winners.is_decoy, 1);
      for (const double most_q : {1.0, 0.2, 0.01}) {
        for (const std::size_t most : {std::size_t{1}, std::size_t{100}, std::size_t{1} << 18}) {
          const auto steps = sorted_rates(winners, folder, most, most_q);
          ASSERT_TRUE(steps) << steps.error().message();
          for (std::size_t i = 0; i < count; ++i)
            ASSERT_EQ(steps->at(winners.score[i]), q[i] <= most_q ? q[i] : 1.0)
                << "seed " << seed << ", winner " << i << ", blocks of " << most;
        }
      }
    }
  }
}

TEST(SortedRates, of_extreme_scores_are_ordered) {
  const fs::path folder = fs::temp_directory_path();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const Winners winners{{kInfinity, 1e30F, 1e-30F, -1e-30F, -1e30F, -kInfinity},
                        {0, 1, 2, 3, 4, 5},
                        {0, 0, 0, 0, 1, 0}};
  const std::vector<double> q = q_values(winners.score, winners.unit, winners.is_decoy, 1);
  const auto steps = sorted_rates(winners, folder, 2, 1);
  ASSERT_TRUE(steps);
  for (std::size_t i = 0; i < q.size(); ++i) EXPECT_EQ(steps->at(winners.score[i]), q[i]) << i;
}

TEST(SortedRates, memory_does_not_grow_with_the_winners) {
  const fs::path folder = fs::temp_directory_path();
  std::map<std::uint32_t, std::uint64_t> peak;
  for (const std::uint32_t count : {1'500'000U, 4'500'000U}) {
    const auto winner = [](std::uint32_t i) {
      Rng rng(3, i);
      const bool is_decoy = rng.below(2) == 0;
      return std::pair(static_cast<float>(rng.normal() + (is_decoy ? 0 : 2)), is_decoy);
    };
    reset_peak_allocated_bytes();
    const std::uint64_t before = live_allocated_bytes();
    SortedRates rates;
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto [score, is_decoy] = winner(i);
      rates.count(score, is_decoy);
    }
    ASSERT_TRUE(rates.sort_into(folder));
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto [score, is_decoy] = winner(i);
      ASSERT_TRUE(rates.add(score, is_decoy));
    }
    ASSERT_TRUE(rates.finish(1, 0.01));
    peak[count] = peak_allocated_bytes() - before;
  }
  EXPECT_LT(peak[4'500'000], peak[1'500'000] + peak[1'500'000] / 4) << peak[1'500'000];
}

TEST(SortedRates, say_where_they_cannot_write) {
  EXPECT_EQ(SortedRates().sort_into("/proc/no/such").error().code, "OVL-IO-002");
}

}  // namespace
}  // namespace overland::scoring
