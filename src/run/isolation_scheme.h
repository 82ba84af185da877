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

// What decides beside the m/z which ions a scan holds: the compensation voltage of FAIMS in V, 0
// without FAIMS. Scans of different conditions share neither windows nor traces.
[[nodiscard]] float condition_of(const RawRun& run, RunScan scan);

struct IsolationWindow {
  float low_mz = 0, high_mz = 0;  // nominal limits, median over its scans
  std::vector<RunScan> scans;     // ascending in retention time
  float condition = 0;            // of its scans, see condition_of

  // Whether the m/z lies within the nominal limits: low_mz <= mz < high_mz.
  [[nodiscard]] bool isolates(Mz mz) const {
    return static_cast<double>(low_mz) <= mz.value && mz.value < static_cast<double>(high_mz);
  }
};

// The window whose centre is nearest to `mz` among those that isolate it; empty if no
// window does. On ties the lower window is returned, and of several conditions the first.
[[nodiscard]] std::optional<WindowId> most_central_window(std::span<const IsolationWindow> windows,
                                                          Mz mz);
// The same among the windows of one condition.
[[nodiscard]] std::optional<WindowId> most_central_window(std::span<const IsolationWindow> windows,
                                                          Mz mz, float condition);
// Number of windows of one condition that isolate `mz`.
[[nodiscard]] std::size_t isolating_windows(std::span<const IsolationWindow> windows, Mz mz,
                                            float condition);

// Windows ascending by (low_mz, high_mz, condition). Scans of one condition whose limits differ by
// no more than `tolerance_mz` on both sides belong to one window (single linkage over sorted
// limits), so rounding errors do not split a window; overlapping and staggered schemes give
// overlapping windows. A chain longer than four tolerances is not due to rounding and is split into
// windows around its most frequent limits.
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
// MS1 scans in retention-time order, without those whose m/z range is less than half of the widest
// one and within the ranges of the others: they monitor single ions (SIM).
[[nodiscard]] std::vector<RunScan> survey_scans(const RawRun& run);

// The survey scans that acquire a part of the m/z axis: a scan that does not acquire a precursor's
// m/z is no zero point of its MS1 trace.
struct SurveyRange {
  float low_mz = 0, high_mz = 0;
  std::vector<RunScan> scans;  // ascending in retention time
  float condition = 0;         // of its scans

  [[nodiscard]] bool contains(Mz mz) const {
    return static_cast<double>(low_mz) <= mz.value && mz.value < static_cast<double>(high_mz);
  }
};
// By condition. One range without limits if all survey scans of a condition acquire the same
// (within 1 m/z) or do not state what they acquire; otherwise the pieces between all limits, each
// with the scans that acquire it. Empty without survey scans.
[[nodiscard]] std::vector<SurveyRange> survey_ranges(const RawRun& run);
// All MS1 scans in retention-time order.
[[nodiscard]] std::vector<RunScan> ms1_scans(const RawRun& run);

}  // namespace overland::run
