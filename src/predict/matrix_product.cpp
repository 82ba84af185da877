#include "predict/matrix_product.h"

#include "predict/matrix_product_units.h"

namespace overland::predict {
namespace portable {
constexpr std::size_t kLaneFloats = 4, kTileRows = 6;
#include "predict/matrix_product_tile.inc"
}  // namespace portable

void multiply_portable(const MatrixProduct& product) {
  portable::run(product);
}

void multiply(const MatrixProduct& product) {
#if defined(__x86_64__)
  static const bool kHasAvx512 = __builtin_cpu_supports("avx512f") != 0;
  if (kHasAvx512 && product.columns % 16 == 0) return multiply_avx512(product);
  static const bool kHasAvx2 = __builtin_cpu_supports("avx2") != 0;
  if (kHasAvx2) return multiply_avx2(product);
#endif
  multiply_portable(product);
}

}  // namespace overland::predict
