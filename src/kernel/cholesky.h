// Solves A x = b for a small symmetric positive definite A.
#pragma once

#include <span>
#include <vector>

namespace overland::kernel {

// a: n x n, row by row, of which the lower triangle is read and replaced by the factor; b becomes
// x. False where A is not positive definite to working accuracy: b is then of no use.
[[nodiscard]] bool solve_cholesky(std::vector<double>& a, std::span<double> b);

}  // namespace overland::kernel
