// Counts of the program's heap allocations, in builds that count them. Bench builds link
// allocation_counter.h and register it here (cli/main.cpp); in all other builds nothing is counted
// or reported.
#pragma once

#include <cstdint>
#include <optional>

namespace overland {

struct AllocationProbe {
  std::uint64_t (*count)() = nullptr;       // calls so far
  std::uint64_t (*live_bytes)() = nullptr;  // held now
  std::uint64_t (*peak_bytes)() = nullptr;  // maximum held since the last reset
  void (*reset_peak)() = nullptr;
};

// Call before any thread starts.
void set_allocation_probe(const AllocationProbe& probe);

// Calls so far; empty in builds that do not count allocations.
[[nodiscard]] std::optional<std::uint64_t> allocations_so_far();

struct AllocationUse {
  std::uint64_t count = 0;
  std::uint64_t peak_bytes = 0;  // above the bytes held at the start
};

// Measures the allocations from its construction to use(). Only one may exist at a time, because
// the high-water mark belongs to the process.
class AllocationSpan {
 public:
  AllocationSpan();
  // Empty in builds that do not count allocations.
  [[nodiscard]] std::optional<AllocationUse> use() const;

 private:
  std::uint64_t count_ = 0, live_bytes_ = 0;
};

}  // namespace overland
