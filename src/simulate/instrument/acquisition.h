// What the instrument does: isolation windows and the order and time of the scans of one run.
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
  std::vector<MzRange> windows;                       // each once
  std::vector<ScheduledScan> scans;                   // in order of time
  std::vector<std::vector<std::uint32_t>> of_window;  // scans of each window
  std::vector<std::uint32_t> ms1;                     // MS1 scans

  // The window in which `mz` lies most centrally; kMs1 when no window holds it.
  [[nodiscard]] std::int32_t most_central_window(double mz) const;
  [[nodiscard]] MzRange range() const;  // of all windows
};

// `precursor_mz` ascending; the variable scheme cuts it into equal numbers.
// Errors OVL-CFG-101, OVL-CFG-102.
[[nodiscard]] Result<Schedule> make_schedule(const SimulationConfig& config,
                                             const std::vector<double>& precursor_mz);

}  // namespace overland::simulate
