// Counts the process's calls of operator new, for tests and benchmarks of code that must not
// allocate. Linking it replaces the global operator new and delete, so it is a library of its own
// that no product code links.
#pragma once

#include <cstdint>

namespace overland {

// Of all threads, since the start. Take the difference of two calls.
[[nodiscard]] std::uint64_t allocation_count();

}  // namespace overland
