// The acquisition of a run: isolation windows, and the order and times of the scans.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "simulate/world/settings.h"

namespace overland::simulate {

inline constexpr std::int32_t kMs1 = -1;

struct ScheduledScan {
  float rt_minutes = 0;
  std::int32_t window = kMs1;  // row of Schedule::windows
};

struct Schedule {
  std::vector<MzRange> windows;                       // distinct isolation windows
  std::vector<ScheduledScan> scans;                   // in the order of time
  std::vector<std::vector<std::uint32_t>> of_window;  // per window: its scans
  std::vector<std::uint32_t> ms1;                     // MS1 scans

  // The window in which `mz` is most central; kMs1 if no window isolates it.
  [[nodiscard]] std::int32_t most_central_window(double mz) const;
  [[nodiscard]] MzRange range() const;  // range of all windows together
};

// Precondition: `precursor_mz` ascend. The variable scheme divides them into equal numbers per
// window. Errors OVL-CFG-101, OVL-CFG-102.
[[nodiscard]] Result<Schedule> make_schedule(const SimulationConfig& config,
                                             const std::vector<double>& precursor_mz);

}  // namespace overland::simulate
