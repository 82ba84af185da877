// One primitive for threads: a loop over indices with a worker number. Item i writes slot i only;
// results never depend on the number of threads.
#pragma once

#include <cstddef>
#include <functional>

namespace overland {

// Calls body(index, worker) for index in [0, count), in any order, on at most `threads` threads;
// worker is in [0, threads). Items start in ascending order, so put long ones first.
void parallel_for(std::size_t count, int threads,
                  const std::function<void(std::size_t index, int worker)>& body);

// Calls body(begin, end) for ranges of `size` indices that make up [0, count), as above.
void parallel_ranges(std::size_t count, std::size_t size, int threads,
                     const std::function<void(std::size_t begin, std::size_t end)>& body);

// Processors that this process may use: no more than its affinity mask and its control groups
// leave.
[[nodiscard]] int available_threads();

}  // namespace overland
