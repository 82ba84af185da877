// The vector units that ratio medians are computed with; each in a file of its own, compiled for
// it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "quant/median_exchanges.h"
#include "quant/ratio_medians.h"

namespace overland::quant {

inline constexpr std::size_t kUnrolledMost = 32;  // ions whose network is written out
inline constexpr std::size_t kNetworkMost = 256;  // more are faster by selection

// Plain pointers: nothing here may be instantiated by code that other machines run.
struct RatioTask {
  const double* values;         // of the run, by ion
  const double* const* traces;  // by ion; moved to the first other run
  std::size_t ions;
  const Exchange* exchanges;  // the network of `ions`
  std::size_t exchange_count;
  double* rows;  // ions x kLanes for intermediate values
};

// On return the first half of the rows is in order, and counts holds the finite ones of each lane.
using SortRatios = void (*)(const RatioTask& task, std::size_t other, std::uint32_t* counts);

void sort_ratios_basic(const RatioTask& task, std::size_t other, std::uint32_t* counts);
#if defined(__x86_64__)
void sort_ratios_avx2(const RatioTask& task, std::size_t other, std::uint32_t* counts);
void sort_ratios_avx512(const RatioTask& task, std::size_t other, std::uint32_t* counts);
#endif

// Units that this machine has, the fastest last.
[[nodiscard]] std::vector<SortRatios> ratio_units();

}  // namespace overland::quant
