// What the program asks operator new for, where somebody counts it. Bench builds link
// allocation_counter.h and hand it over here (cli/main.cpp); in all other builds nothing is counted
// and nothing is said.
#pragma once

#include <cstdint>
#include <optional>

namespace overland {

struct AllocationProbe {
  std::uint64_t (*count)() = nullptr;       // calls so far
  std::uint64_t (*live_bytes)() = nullptr;  // held now
  std::uint64_t (*peak_bytes)() = nullptr;  // held at most since the last reset
  void (*reset_peak)() = nullptr;
};

// Call before any thread starts.
void set_allocation_probe(const AllocationProbe& probe);

// Calls so far; nothing where nothing is counted.
[[nodiscard]] std::optional<std::uint64_t> allocations_so_far();

struct AllocationUse {
  std::uint64_t count = 0;
  std::uint64_t peak_bytes = 0;  // beyond what was held at the start
};

// From its making to `use`. One at a time: the high-water mark is the process's.
class AllocationSpan {
 public:
  AllocationSpan();
  // Nothing where nothing is counted.
  [[nodiscard]] std::optional<AllocationUse> use() const;

 private:
  std::uint64_t count_ = 0, live_bytes_ = 0;
};

}  // namespace overland
