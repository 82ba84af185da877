// Solves A x = b for a small symmetric positive definite A.
#pragma once

#include <span>
#include <vector>

namespace overland::kernel {

// a: n x n, row-major; only the lower triangle is read, and it is replaced by the factor. b is
// replaced by x. False if A is not positive definite to working precision; b is then undefined.
[[nodiscard]] bool solve_cholesky(std::vector<double>& a, std::span<double> b);

}  // namespace overland::kernel
