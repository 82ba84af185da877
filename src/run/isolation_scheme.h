// The isolation windows of a run, derived from its scan headers.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/units.h"
#include "run/raw_run.h"

namespace overland::run {

// What decides beside the m/z which ions a scan holds and how they fragment. Scans of different
// conditions share neither windows nor traces; MS1 scans are of every energy.
struct Condition {
  float voltage = 0;              // compensation voltage (FAIMS) in V; 0 without FAIMS
  std::uint8_t energy_level = 0;  // 0: the window's only energy; else the rank, from 1, among the
                                  // collision energies that alternate in the window
  auto operator<=>(const Condition&) const = default;
};

// The compensation voltage in V, 0 without FAIMS.
[[nodiscard]] float voltage_of(const RawRun& run, RunScan scan);

struct IsolationWindow {
  float low_mz = 0, high_mz = 0;  // nominal limits, median over its scans
  std::vector<RunScan> scans;     // ascending in retention time
  Condition condition = {};       // of its scans
  double energy = 0;              // collision energy, median over its scans; 0 when unknown
  double energy_ratio = 1;        // `energy` relative to the mean of those that alternate

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
                                                          Mz mz, Condition condition);
// Number of windows of one condition that isolate `mz`.
[[nodiscard]] std::size_t isolating_windows(std::span<const IsolationWindow> windows, Mz mz,
                                            Condition condition);
// The conditions of the windows for people to read, such as "-45 V, energy 22", ascending; empty if
// the windows are of one condition.
[[nodiscard]] std::vector<std::string> condition_names(std::span<const IsolationWindow> windows);

// The collision energies of the window's scans as the file states them; NaN where it does not.
[[nodiscard]] std::vector<float> energies_of(const RawRun& run, const IsolationWindow& window);

// Windows ascending by (low_mz, high_mz, condition). Scans of one condition whose limits differ by
// no more than `tolerance_mz` on both sides belong to one window (single linkage over sorted
// limits), so rounding errors do not split a window; overlapping and staggered schemes give
// overlapping windows. A chain longer than four tolerances is not due to rounding and is split into
// windows around its most frequent limits. A window whose collision energy alternates is one window
// per energy (energy_levels).
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

}  // namespace overland::run
