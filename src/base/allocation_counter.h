// Counts the process's calls of operator new and their bytes, for tests and benchmarks of code that
// must not allocate. Linking it replaces the global operator new and delete, so it is a library of
// its own that no product code links.
#pragma once

#include <cstdint>

namespace overland {

// Of all threads, since the start. Take the difference of two calls.
[[nodiscard]] std::uint64_t allocation_count();
// Bytes held by what operator new gave and nobody took back, now and at most since the last reset.
[[nodiscard]] std::uint64_t live_allocated_bytes();
[[nodiscard]] std::uint64_t peak_allocated_bytes();
void reset_peak_allocated_bytes();

}  // namespace overland
