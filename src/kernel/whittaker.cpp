#include "kernel/whittaker.h"

#include <algorithm>

namespace overland::kernel {

void WhittakerSmoother::smooth(std::span<const double> x, std::span<const double> y,
                               std::span<const double> weight, double lambda,
                               std::span<double> smoothed) {
  const std::size_t n = x.size();
  if (n < 3) {
    std::copy(y.begin(), y.end(), smoothed.begin());
    return;
  }
  constexpr double kRidge = 1e-12;  // keeps the system regular where weights are 0
  diagonal_.resize(n);
  first_.assign(n, 0);
  second_.assign(n, 0);
  for (std::size_t i = 0; i < n; ++i) diagonal_[i] = weight[i] + kRidge;
  for (std::size_t j = 0; j + 2 < n; ++j) {
    const double h1 = x[j + 1] - x[j];
    const double h2 = x[j + 2] - x[j + 1];
    const double a = 1 / (h1 * (h1 + h2));
    const double b = -1 / (h1 * h2);
    const double c = 1 / (h2 * (h1 + h2));
    diagonal_[j] += lambda * a * a;
    diagonal_[j + 1] += lambda * b * b;
    diagonal_[j + 2] += lambda * c * c;
    first_[j + 1] += lambda * a * b;   // (j + 1, j)
    first_[j + 2] += lambda * b * c;   // (j + 2, j + 1)
    second_[j + 2] += lambda * a * c;  // (j + 2, j)
  }
  // LDL' in place: first_ and second_ become the sub-diagonals of L; forward substitution
  // alongside.
  for (std::size_t i = 0; i < n; ++i) {
    double value = weight[i] * y[i];
    if (i >= 2) {
      const double l2 = second_[i] / diagonal_[i - 2];
      first_[i] -= l2 * diagonal_[i - 2] * first_[i - 1];
      diagonal_[i] -= l2 * second_[i];
      second_[i] = l2;
      value -= l2 * smoothed[i - 2];
    }
    if (i >= 1) {
      const double l1 = first_[i] / diagonal_[i - 1];
      diagonal_[i] -= l1 * first_[i];
      first_[i] = l1;
      value -= l1 * smoothed[i - 1];
    }
    smoothed[i] = value;
  }
  for (std::size_t i = n; i-- > 0;) {
    double value = smoothed[i] / diagonal_[i];
    if (i + 1 < n) value -= first_[i + 1] * smoothed[i + 1];
    if (i + 2 < n) value -= second_[i + 2] * smoothed[i + 2];
    smoothed[i] = value;
  }
  for (double& z : smoothed) z = std::max(z, 0.0);
}

}  // namespace overland::kernel
