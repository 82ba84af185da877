#include "base/parallel.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <vector>

#include "base/scratch_pool.h"

namespace overland {
namespace {

TEST(Parallel, visits_each_index_once_with_valid_worker) {
  for (int threads : {1, 2, 3, 8}) {
    std::vector<int> visits(1000, 0);
    std::atomic<bool> worker_ok{true};
    parallel_for(visits.size(), threads, [&](std::size_t i, int worker) {
      ++visits[i];
      if (worker < 0 || worker >= threads) worker_ok = false;
    });
    EXPECT_EQ(visits, std::vector<int>(1000, 1)) << threads;
    EXPECT_TRUE(worker_ok);
  }
}

TEST(Parallel, empty_loop_does_nothing) {
  parallel_for(0, 4, [](std::size_t, int) { FAIL(); });
}

TEST(Parallel, no_more_threads_are_available_than_the_affinity_mask_has) {
  cpu_set_t before;
  ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (std::size_t cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu)
    if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
  ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(available_threads(), 1);
  ASSERT_EQ(::sched_setaffinity(0, sizeof before, &before), 0);
  EXPECT_GE(available_threads(), 1);
  EXPECT_LE(available_threads(), CPU_COUNT(&before));
}

// Not threads times threads: a piece belongs to whoever is at work, not to a loop.
TEST(Parallel, loops_inside_loops_need_one_scratch_per_thread) {
  constexpr int kThreads = 4;
  ScratchPool<std::vector<int>> pool;
  std::vector<int> sums(64, 0);
  parallel_for(8, kThreads, [&](std::size_t i, int) {
    parallel_for(8, kThreads, [&](std::size_t k, int) {
      const auto scratch = pool.take();
      scratch->assign(100, static_cast<int>(i * 8 + k));
      for (const int x : *scratch) sums[i * 8 + k] += x;
    });
  });
  for (std::size_t i = 0; i < sums.size(); ++i) EXPECT_EQ(sums[i], 100 * static_cast<int>(i));
  EXPECT_LE(pool.size(), 4U);
  EXPECT_GE(pool.size(), 1U);
}

}  // namespace
}  // namespace overland
