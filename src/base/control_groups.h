// What the control groups of Linux leave to this process: the processors and the memory of a
// container or of a job on a cluster, which are less than those of the machine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace overland {

// Empty where no group limits.
struct GroupLimits {
  std::optional<int> processors;             // of the quota of processor time, rounded up
  std::optional<std::uint64_t> free_memory;  // bytes; file pages, which can be dropped, are free
};

// The least of the group and of those around it, of version 2 and of version 1. Reads proc/self and
// the files of the groups below `root`; what cannot be read does not limit.
[[nodiscard]] GroupLimits group_limits(const std::filesystem::path& root = "/");

}  // namespace overland
