#include "base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "base/control_groups.h"
#include "base/worker_pool.h"

namespace overland {
namespace {

WorkerPool& pool() {
  static WorkerPool threads;
  return threads;
}

// Number of processors in the affinity mask of this process.
int allowed_processors() {
  constexpr std::size_t kMost = std::size_t{1} << 16;
  for (std::size_t size = CPU_SETSIZE; size <= kMost; size *= 2) {
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set(
        CPU_ALLOC(size), [](cpu_set_t* held) { CPU_FREE(held); });
    const std::size_t bytes = CPU_ALLOC_SIZE(size);
    if (set && ::sched_getaffinity(0, bytes, set.get()) == 0)
      return std::max(1, CPU_COUNT_S(bytes, set.get()));
  }
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

void parallel_for(std::size_t count, const Machine& machine,
                  const std::function<void(std::size_t, int)>& body) {
  if (machine.threads <= 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) {
      machine.check_cancelled();
      body(i, 0);
    }
    return;
  }
  std::atomic<std::size_t> next{0};
  // More threads than cores are allowed: determinism is tested at 8 threads on 2 cores.
  pool().run(machine.threads, [&](int worker) {
    for (std::size_t i = next++; i < count; i = next++) {
      machine.check_cancelled();
      body(i, worker);
    }
  });
}

void parallel_ranges(std::size_t count, std::size_t size, const Machine& machine,
                     const std::function<void(std::size_t, std::size_t)>& body) {
  parallel_for((count + size - 1) / size, machine, [&](std::size_t range, int) {
    body(range * size, std::min(count, (range + 1) * size));
  });
}

int available_threads() {
  const int allowed = allowed_processors();
  return std::min(allowed, group_limits().processors.value_or(allowed));
}

}  // namespace overland
