// The processors and the memory that this process may use, and memory sizes as text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"

namespace overland {

// The limits that Linux control groups set on this process: the processors and the memory of a
// container or a cluster job, which are less than the machine has. A value is empty if no group
// sets that limit.
struct GroupLimits {
  std::optional<int> processors;             // quota of processor time, rounded up
  std::optional<std::uint64_t> free_memory;  // bytes; the page cache counts as free
};

// The smallest limits of the process's group and its parent groups, of cgroup versions 1 and 2.
// Reads proc/self and the groups' files below `root`; a file that cannot be read sets no limit.
[[nodiscard]] GroupLimits group_limits(const std::filesystem::path& root = "/");

// Number of processors that the affinity mask and the control groups of this process allow.
[[nodiscard]] int available_threads();
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
