// Matrix product for each vector unit; `multiply` chooses one at run time.
#pragma once

#include "predict/matrix_product.h"

namespace overland::predict {

#if defined(__x86_64__)
void multiply_avx2(const MatrixProduct& product);
// Precondition: `columns` is a multiple of 16.
void multiply_avx512(const MatrixProduct& product);
#endif

}  // namespace overland::predict
