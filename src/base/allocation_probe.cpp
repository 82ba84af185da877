#include "base/allocation_probe.h"

namespace overland {
namespace {

AllocationProbe& probe() {
  static AllocationProbe known;
  return known;
}

}  // namespace

void set_allocation_probe(const AllocationProbe& given) {
  probe() = given;
}

std::optional<std::uint64_t> allocations_so_far() {
  if (probe().count == nullptr) return std::nullopt;
  return probe().count();
}

AllocationSpan::AllocationSpan() {
  if (probe().count == nullptr) return;
  probe().reset_peak();
  count_ = probe().count();
  live_bytes_ = probe().live_bytes();
}

std::optional<AllocationUse> AllocationSpan::use() const {
  if (probe().count == nullptr) return std::nullopt;
  const std::uint64_t peak = probe().peak_bytes();
  return AllocationUse{probe().count() - count_, peak > live_bytes_ ? peak - live_bytes_ : 0};
}

}  // namespace overland
