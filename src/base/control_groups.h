// The limits that Linux control groups set on this process: the processors and the memory of a
// container or a cluster job, which are less than the machine has.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace overland {

// A value is empty if no group sets that limit.
struct GroupLimits {
  std::optional<int> processors;             // quota of processor time, rounded up
  std::optional<std::uint64_t> free_memory;  // bytes; the page cache counts as free
};

// The smallest limits of the process's group and its parent groups, of cgroup versions 1 and 2.
// Reads proc/self and the groups' files below `root`; a file that cannot be read sets no limit.
[[nodiscard]] GroupLimits group_limits(const std::filesystem::path& root = "/");

}  // namespace overland
