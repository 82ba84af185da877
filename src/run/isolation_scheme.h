// The isolation windows of a run, discovered from its scan headers.
#pragma once

#include <cstdint>
#include <vector>

#include "run/raw_run.h"

namespace overland {

struct IsolationWindow {
  float low_mz = 0, high_mz = 0;     // nominal limits, median over its scans
  std::vector<std::uint32_t> scans;  // indices into the run, ascending in retention time
};

// Windows ascending by (low_mz, high_mz). Scans whose limits differ by no more than `tolerance_mz`
// on both sides belong to one window (single linkage over sorted limits), so float noise does not
// split it; overlapping and staggered schemes simply have overlapping windows.
[[nodiscard]] std::vector<IsolationWindow> discover_windows(const RawRun& run,
                                                            float tolerance_mz = 0.05F);
// MS1 scans in retention-time order.
[[nodiscard]] std::vector<std::uint32_t> ms1_scans(const RawRun& run);

}  // namespace overland
