// Implementations of the ratio medians, one per vector unit, each in a file compiled for that unit.
#pragma once

#include <cstddef>
#include <cstdint>

#include "quant/median_exchanges.h"
#include "quant/ratio_medians.h"

namespace overland::quant {

inline constexpr std::size_t kUnrolledMost = 32;  // ions up to which the network is unrolled
inline constexpr std::size_t kNetworkMost = 256;  // with more ions selection is faster

// Plain pointers instead of library types: a template instantiated in a file for one vector unit
// could be linked into code that runs on machines without this unit.
struct RatioTask {
  const double* values;         // log2 quantities of the run, by ion
  const double* const* traces;  // log2 quantities of each ion, by run
  std::size_t ions;
  const Exchange* exchanges;  // sorting network for `ions` values
  std::size_t exchange_count;
  double* rows;  // ions x kLanes intermediate values
};

// On return the first half of the rows is sorted, and `counts` holds the number of finite values of
// each lane.
using SortRatios = void (*)(const RatioTask& task, std::size_t other, std::uint32_t* counts);

void sort_ratios_basic(const RatioTask& task, std::size_t other, std::uint32_t* counts);
#if defined(__x86_64__)
void sort_ratios_avx2(const RatioTask& task, std::size_t other, std::uint32_t* counts);
void sort_ratios_avx512(const RatioTask& task, std::size_t other, std::uint32_t* counts);
#endif

// Implementations that this machine can run, the fastest last.
[[nodiscard]] std::vector<SortRatios> ratio_units();

}  // namespace overland::quant
