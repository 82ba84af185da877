#pragma once

#include <vector>

namespace overland {

// Solves A x = b for a symmetric positive definite A (row-major, n x n; the upper triangle is not
// read) by Cholesky.
[[nodiscard]] std::vector<double> solve_symmetric(std::vector<double> a, std::vector<double> b);

}  // namespace overland
