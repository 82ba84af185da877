// Compiled with -mavx2 (CMakeLists.txt); without FMA, so that products are rounded as in the other
// implementations.
#include "predict/matrix_product_units.h"

#if defined(__x86_64__)
namespace overland::predict {
namespace avx2 {
constexpr std::size_t kLaneFloats = 8, kTileRows = 6;
#include "predict/matrix_product_tile.inc"
}  // namespace avx2

void multiply_avx2(const MatrixProduct& product) {
  avx2::run(product);
}

}  // namespace overland::predict
#endif
