// Counts the process's calls of operator new and their bytes, for tests and benchmarks of code that
// must not allocate. Linking it replaces the global operator new and delete, so it is a separate
// library that no product code links.
#pragma once

#include <cstdint>

namespace overland {

// Calls by all threads since the start of the process; take the difference of two values.
[[nodiscard]] std::uint64_t allocation_count();
// Live heap bytes (allocated and not yet freed): now, and the maximum since the last reset.
[[nodiscard]] std::uint64_t live_allocated_bytes();
[[nodiscard]] std::uint64_t peak_allocated_bytes();
void reset_peak_allocated_bytes();

}  // namespace overland
