// Memory: what is free, what this process holds, and sizes as text.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace overland {

// What could be taken without swapping and without going beyond what the control groups allow; 0
// when the system does not say.
[[nodiscard]] std::uint64_t available_memory();
// Private memory of this process that no file backs; 0 when the system does not say.
[[nodiscard]] std::uint64_t own_memory();

// From now on what arrays of at least `megabytes` held goes back to the system when they are freed.
// glibc does that at first, but each such array raises the size from which it does: later passes
// over the same data hold what earlier ones gave back. Small sizes cost page faults. Call while no
// other thread works.
void give_back_arrays_from(int megabytes);
inline constexpr int kUsualArraysMb = 16;
inline constexpr int kPlannedStageArraysMb = 1;  // where the memory of a stage is promised

// "8G", "500M", "1.5TB", "512MiB", "4096": bytes. K, M, G, T are powers of 1000, with iB of 1024.
// Error OVL-USE-016.
[[nodiscard]] Result<std::uint64_t> parse_memory_size(const std::string& text);

}  // namespace overland
