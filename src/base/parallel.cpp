#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/worker_pool.h"

namespace overland {
namespace {

WorkerPool& pool() {
  static WorkerPool threads;
  return threads;
}

}  // namespace

void parallel_for(std::size_t count, int threads,
                  const std::function<void(std::size_t, int)>& body) {
  if (threads <= 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) body(i, 0);
    return;
  }
  std::atomic<std::size_t> next{0};
  // More threads than cores are allowed: determinism is tested at 8 threads on 2 cores.
  pool().run(threads, [&](int worker) {
    for (std::size_t i = next++; i < count; i = next++) body(i, worker);
  });
}

void parallel_ranges(std::size_t count, std::size_t size, int threads,
                     const std::function<void(std::size_t, std::size_t)>& body) {
  parallel_for((count + size - 1) / size, threads, [&](std::size_t range, int) {
    body(range * size, std::min(count, (range + 1) * size));
  });
}

int available_threads() {
  const unsigned n = std::thread::hardware_concurrency();
  return n == 0 ? 1 : static_cast<int>(n);
}

}  // namespace overland
