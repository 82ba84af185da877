// The isolation windows of a run, discovered from its scan headers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/units.h"
#include "run/raw_run.h"

namespace overland::run {

struct IsolationWindow {
  float low_mz = 0, high_mz = 0;     // nominal limits, median over its scans
  std::vector<std::uint32_t> scans;  // indices into the run, ascending in retention time

  // Whether the nominal limits hold this m/z: low_mz <= mz < high_mz.
  [[nodiscard]] bool isolates(Mz mz) const {
    return static_cast<double>(low_mz) <= mz.value && mz.value < static_cast<double>(high_mz);
  }
};

// Index of the window whose centre is nearest to `mz` among those that isolate it; nothing when no
// window does. Ties go to the lower window.
[[nodiscard]] std::optional<std::size_t> most_central_window(
    std::span<const IsolationWindow> windows, Mz mz);
// Number of windows that isolate `mz`.
[[nodiscard]] std::size_t isolating_windows(std::span<const IsolationWindow> windows, Mz mz);

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

}  // namespace overland::run
