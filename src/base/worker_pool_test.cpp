#include "base/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <stdexcept>

#include "base/parallel.h"

namespace overland {
namespace {

TEST(WorkerPool, thread_numbers_are_given_once_and_the_caller_is_0) {
  WorkerPool pool;
  for (int round = 0; round < 50; ++round) {
    std::mutex mutex;
    std::multiset<int> came;
    std::thread::id of_0;
    pool.run(8, [&](int worker) {
      const std::lock_guard lock(mutex);
      came.insert(worker);
      if (worker == 0) of_0 = std::this_thread::get_id();
    });
    EXPECT_EQ(came.count(0), 1U);
    EXPECT_EQ(of_0, std::this_thread::get_id());
    for (const int worker : came) {
      EXPECT_EQ(came.count(worker), 1U);
      EXPECT_TRUE(worker >= 0 && worker < 8);
    }
  }
}

// Each of two workers waits for the other: one thread alone would never end.
TEST(WorkerPool, threads_work_at_the_same_time) {
  WorkerPool pool;
  std::atomic<int> here{0};
  pool.run(2, [&](int) {
    ++here;
    while (here < 2) std::this_thread::yield();
  });
  EXPECT_EQ(here, 2);
}

TEST(WorkerPool, loops_may_be_nested_in_threads) {
  std::atomic<int> sum{0};
  parallel_for(6, 3, [&](std::size_t i, int) {
    parallel_for(10, 4, [&](std::size_t k, int) { sum += static_cast<int>(10 * i + k); });
  });
  EXPECT_EQ(sum, 59 * 60 / 2);
}

TEST(WorkerPool, several_threads_may_call_at_once) {
  std::atomic<int> sum{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        parallel_for(50, 3, [&](std::size_t, int) { ++sum; });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(sum, 4 * 20 * 50);
}

TEST(WorkerPool, what_a_thread_throws_comes_to_the_caller_and_the_pool_lives_on) {
  for (int round = 0; round < 20; ++round) {
    EXPECT_THROW(parallel_for(100, 4,
                              [](std::size_t i, int) {
                                if (i == 50) throw std::runtime_error("here");
                              }),
                 std::runtime_error);
  }
  std::atomic<int> sum{0};
  parallel_for(100, 4, [&](std::size_t, int) { ++sum; });
  EXPECT_EQ(sum, 100);
}

}  // namespace
}  // namespace overland
