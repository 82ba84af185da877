// Free memory, memory of this process, and memory sizes as text.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace overland {

// Bytes available without swapping and within the limits of the control groups; 0 if unknown.
[[nodiscard]] std::uint64_t available_memory();
// Anonymous (not file-backed) resident memory of this process, in bytes; 0 if unknown.
[[nodiscard]] std::uint64_t own_memory();

// Makes free() return the memory of arrays of at least `megabytes` to the system. By default glibc
// raises this size with each large array that is freed, and the memory of freed arrays then stays
// with the process. A small size costs page faults. Call while no other thread works.
void give_back_arrays_from(int megabytes);
inline constexpr int kUsualArraysMb = 16;
inline constexpr int kPlannedStageArraysMb = 1;  // for stages with a planned memory limit

// "8G", "500M", "1.5TB", "512MiB", "4096": in bytes. K, M, G and T are powers of 1000; KiB, MiB,
// GiB and TiB are powers of 1024. Error OVL-USE-016.
[[nodiscard]] Result<std::uint64_t> parse_memory_size(const std::string& text);

}  // namespace overland
