#include "base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

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

}  // namespace
}  // namespace overland
