#include "kernel/cholesky.h"

#include <cmath>

namespace overland::kernel {

bool solve_cholesky(std::vector<double>& a, std::span<double> b) {
  const std::size_t n = b.size();
  const auto dot = [&](std::size_t i, std::size_t j) {
    double sum = 0;
    for (std::size_t k = 0; k < j; ++k) sum += a[i * n + k] * a[j * n + k];
    return sum;
  };
  for (std::size_t j = 0; j < n; ++j) {
    const double own = a[j * n + j];
    const double pivot = own - dot(j, j);
    if (!(pivot > 1e-14 * own)) return false;
    a[j * n + j] = std::sqrt(pivot);
    for (std::size_t i = j + 1; i < n; ++i) {
      a[i * n + j] = (a[i * n + j] - dot(i, j)) / a[j * n + j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i * n + k] * b[k];
    b[i] /= a[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) b[i] -= a[k * n + i] * b[k];
    b[i] /= a[i * n + i];
  }
  return true;
}

}  // namespace overland::kernel
