#include "base/parallel.h"

#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace overland {
namespace {

#ifdef __SANITIZE_THREAD__
// oneTBB is not built with ThreadSanitizer, which sees races wherever it synchronises. Plain
// threads run the same bodies, so that the races it then finds are ours.
void run_workers(int threads, const std::function<void(int worker)>& work) {
  std::vector<std::jthread> running;
  for (int worker = 0; worker < threads; ++worker) running.emplace_back(work, worker);
}
#else
void run_workers(int threads, const std::function<void(int worker)>& work) {
  // More threads than cores are allowed: determinism is tested at 8 threads on 2 cores.
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                            static_cast<std::size_t>(threads));
  tbb::task_arena arena(threads);
  arena.execute([&] {
    tbb::task_group group;
    for (int worker = 0; worker < threads; ++worker) group.run([&, worker] { work(worker); });
    group.wait();
  });
}
#endif

}  // namespace

void parallel_for(std::size_t count, int threads,
                  const std::function<void(std::size_t, int)>& body) {
  if (threads <= 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) body(i, 0);
    return;
  }
  std::atomic<std::size_t> next{0};
  run_workers(threads, [&](int worker) {
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
