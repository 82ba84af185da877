// Strong types for scalars at interfaces: explicit construction, no arithmetic between kinds.
// Inside kernels the columns are plain floats whose name carries the unit (fragment_mz,
// rt_minutes).
#pragma once

#include <compare>

namespace overland {

struct Mz {
  double value;
  auto operator<=>(const Mz&) const = default;
};
struct Minutes {
  double value;
  auto operator<=>(const Minutes&) const = default;
};
struct MzRange {  // half-open [low, high)
  Mz low, high;
  [[nodiscard]] constexpr bool contains(Mz mz) const { return low <= mz && mz < high; }
};

// A signed tolerance in parts per million around a theoretical m/z: an observed m/z x matches the
// theoretical m when low <= (x - m) / m * 1e6 <= high. low may differ from -high. Rounding:
// kernel/peak_match.h.
struct PpmWindow {
  float low, high;
};

}  // namespace overland
