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
// split it; overlapping and staggered schemes simply have overlapping windows. A chain longer than
// four tolerances is no noise: it is cut into windows around its most frequent limits.
[[nodiscard]] std::vector<IsolationWindow> discover_windows(const RawRun& run,
                                                            float tolerance_mz = 0.05F);
// Those that belong to the scheme: scans between the cycles that look at one precursor (data-
// dependent ones) make windows that are visited less than a twentieth as often as usual.
inline constexpr std::size_t kRareShare = 20;
[[nodiscard]] std::vector<IsolationWindow> searched_windows(const RawRun& run);
// How often a window is visited: half of all scans are in windows of at least so many.
[[nodiscard]] std::size_t usual_visits(const std::vector<IsolationWindow>& windows);
// MS1 scans over at least half of the widest range, in retention-time order: without those that
// monitor a single ion (SIM).
[[nodiscard]] std::vector<std::uint32_t> survey_scans(const RawRun& run);
// All MS1 scans in retention-time order.
[[nodiscard]] std::vector<std::uint32_t> ms1_scans(const RawRun& run);

}  // namespace overland
