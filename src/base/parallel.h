// Parallel loops over indices, in which the body gets an index and a worker number. The body for
// item i writes slot i only, so results never depend on the number of threads.
#pragma once

#include <cstddef>
#include <functional>

#include "base/machine.h"

namespace overland {

// Calls body(index, worker) for index in [0, count), in any order, on at most machine.threads
// threads; worker is in [0, machine.threads). Items start in ascending order, so put long ones
// first. Once the machine is cancelled no item is begun, and the loop throws Cancelled.
void parallel_for(std::size_t count, const Machine& machine,
                  const std::function<void(std::size_t index, int worker)>& body);

// Calls body(begin, end) for consecutive ranges of up to `size` indices that cover [0, count).
void parallel_ranges(std::size_t count, std::size_t size, const Machine& machine,
                     const std::function<void(std::size_t begin, std::size_t end)>& body);

// Number of processors that the affinity mask and the control groups of this process allow.
[[nodiscard]] int available_threads();

}  // namespace overland
