// The exchanges of a sorting network on kLanes columns, for one vector unit each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace overland::quant {

inline constexpr std::size_t kLanes = 8;  // columns side by side

struct Exchange {
  std::uint16_t low, high;  // the smaller value goes to row `low`
};

// Picks the unit of this machine. rows: kLanes values each.
void exchange_lanes(double* rows, std::span<const Exchange> exchanges);

#if defined(__x86_64__)
void exchange_lanes_avx2(double* rows, std::span<const Exchange> exchanges);
#endif

}  // namespace overland::quant
