// Compiled with -mavx512f (CMakeLists.txt); without FMA, so that products are rounded as in the
// other implementations.
#include "predict/matrix_product_units.h"

#if defined(__x86_64__)
namespace overland::predict {
namespace avx512 {
constexpr std::size_t kLaneFloats = 16, kTileRows = 12;
#include "predict/matrix_product_tile.inc"
}  // namespace avx512

void multiply_avx512(const MatrixProduct& product) {
  avx512::run(product);
}

}  // namespace overland::predict
#endif
