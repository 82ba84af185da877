#include "base/parallel.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <limits>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/resources.h"

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

// TSan watches these: the request comes from outside of the loop's threads.
TEST(CancellationThreads, stops_all_of_a_loop) {
  for (const int threads : {1, 2, 8}) {
    Cancellation cancellation;
    Machine machine(threads);
    machine.cancellation = &cancellation;
    std::atomic<std::size_t> done{0};
    std::jthread asker([&] {
      while (done < 100) std::this_thread::yield();
      cancellation.request(2);
    });
    const std::size_t endless = std::numeric_limits<std::size_t>::max() / 2;
    EXPECT_THROW(parallel_for(endless, machine, [&](std::size_t, int) { ++done; }), Cancelled);
    EXPECT_GE(done, 100U);
    EXPECT_THROW(parallel_for(1, machine, [](std::size_t, int) { FAIL(); }), Cancelled);
  }
}

TEST(CancellationThreads, passes_through_loops_inside_loops) {
  Cancellation cancellation;
  Machine machine(4);
  machine.cancellation = &cancellation;
  std::atomic<int> finished{0};
  const auto outer = [&](std::size_t i, int) {
    parallel_ranges(1000, 10, machine, [&](std::size_t first, std::size_t) {
      if (i == 3 && first == 500) cancellation.request(15);
    });
    ++finished;
  };
  try {
    parallel_for(10000, machine, outer);
    FAIL();
  } catch (const Cancelled& cancelled) {
    EXPECT_EQ(cancelled.signal, 15);
  }
  EXPECT_LT(finished, 10000);
}

TEST(Cancellation, the_first_request_counts) {
  Cancellation cancellation;
  EXPECT_FALSE(cancellation.is_requested());
  cancellation.check();
  cancellation.request(15);
  cancellation.request(2);
  try {
    cancellation.check();
    FAIL();
  } catch (const Cancelled& cancelled) {
    EXPECT_EQ(cancelled.signal, 15);
  }
}

TEST(Cancellation, a_machine_without_one_is_never_cancelled) {
  const Machine machine;
  machine.check_cancelled();
  EXPECT_FALSE(machine.is_cancelled());
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
