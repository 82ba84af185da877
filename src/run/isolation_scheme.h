// The isolation windows of a run, derived from its scan headers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/units.h"
#include "run/raw_run.h"

namespace overland::run {

struct IsolationWindow {
  float low_mz = 0, high_mz = 0;  // nominal limits, median over its scans
  std::vector<RunScan> scans;     // ascending in retention time

  // Whether the m/z lies within the nominal limits: low_mz <= mz < high_mz.
  [[nodiscard]] bool isolates(Mz mz) const {
    return static_cast<double>(low_mz) <= mz.value && mz.value < static_cast<double>(high_mz);
  }
};

// The window whose centre is nearest to `mz` among those that isolate it; empty if no
// window does. On ties the lower window is returned.
[[nodiscard]] std::optional<WindowId> most_central_window(std::span<const IsolationWindow> windows,
                                                          Mz mz);
// Number of windows that isolate `mz`.
[[nodiscard]] std::size_t isolating_windows(std::span<const IsolationWindow> windows, Mz mz);

// Windows ascending by (low_mz, high_mz). Scans whose limits differ by no more than `tolerance_mz`
// on both sides belong to one window (single linkage over sorted limits), so rounding errors do not
// split a window; overlapping and staggered schemes give overlapping windows. A chain longer than
// four tolerances is not due to rounding and is split into windows around its most frequent limits.
[[nodiscard]] std::vector<IsolationWindow> discover_windows(const RawRun& run,
                                                            float tolerance_mz = 0.05F);
// The windows of the isolation scheme. Windows visited less than 1 / kRareShare as often as usual
// are left out: they come from scans between the cycles that isolate one precursor (data-dependent
// scans).
inline constexpr std::size_t kRareShare = 20;
[[nodiscard]] std::vector<IsolationWindow> searched_windows(const RawRun& run);
// Usual number of visits of a window: half of all scans belong to windows with at least this number
// of scans.
[[nodiscard]] std::size_t usual_visits(const std::vector<IsolationWindow>& windows);
// MS1 scans whose m/z range is at least half of the widest one, in retention-time order; scans that
// monitor a single ion (SIM) are left out.
[[nodiscard]] std::vector<RunScan> survey_scans(const RawRun& run);
// All MS1 scans in retention-time order.
[[nodiscard]] std::vector<RunScan> ms1_scans(const RawRun& run);

}  // namespace overland::run
