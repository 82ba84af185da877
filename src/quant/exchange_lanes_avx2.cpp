// Compiled with -mavx2 (CMakeLists.txt).
#include "quant/exchange_lanes.h"

#if defined(__x86_64__)
namespace overland::quant {
namespace avx2 {
constexpr std::size_t kPackDoubles = 4;
#include "quant/exchange_lanes.inc"
}  // namespace avx2

void exchange_lanes_avx2(double* rows, std::span<const Exchange> exchanges) {
  avx2::run(rows, exchanges);
}

}  // namespace overland::quant
#endif
