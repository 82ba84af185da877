// The matrix product for one vector unit each; `multiply` picks.
#pragma once

#include "predict/matrix_product.h"

namespace overland::predict {

#if defined(__x86_64__)
void multiply_avx2(const MatrixProduct& product);
#endif

}  // namespace overland::predict
