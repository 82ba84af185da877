#include "quant/exchange_lanes.h"

namespace overland::quant {
namespace basic {
constexpr std::size_t kPackDoubles = 2;
#include "quant/exchange_lanes.inc"
}  // namespace basic

void exchange_lanes(double* rows, std::span<const Exchange> exchanges) {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  if (has_avx2) return exchange_lanes_avx2(rows, exchanges);
#endif
  basic::run(rows, exchanges);
}

}  // namespace overland::quant
