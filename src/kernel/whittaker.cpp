#include "kernel/whittaker.h"

#include <algorithm>

namespace overland::kernel {

void WhittakerSmoother::reserve(std::size_t points) {
  for (auto& band : band_) band.reserve(points);
}

// One row of D: the coefficients of the divided difference over x[first .. first + order],
// 1 / prod_{m != i} (x_i - x_m).
void WhittakerSmoother::add_difference(std::span<const double> x, std::size_t first,
                                       double lambda) {
  std::array<double, kMaxOrder + 1> c{};
  for (std::size_t i = 0; i <= order_; ++i) {
    double product = 1;
    for (std::size_t m = 0; m <= order_; ++m) {
      if (m != i) product *= x[first + i] - x[first + m];
    }
    c[i] = 1 / product;
  }
  for (std::size_t i = 0; i <= order_; ++i) {
    for (std::size_t m = 0; m <= i; ++m) band_[i - m][first + i] += lambda * c[i] * c[m];
  }
}

void WhittakerSmoother::factor(std::span<const double> x, std::span<const double> weight,
                               const WhittakerSettings& settings) {
  constexpr double kRidge = 1e-12;  // keeps the system regular where weights are 0
  const std::size_t n = x.size();
  order_ = static_cast<std::size_t>(std::clamp(settings.differences, 2, 3));
  for (auto& band : band_) band.assign(n, 0);
  for (std::size_t i = 0; i < n; ++i) band_[0][i] = weight[i] + kRidge;
  for (std::size_t j = 0; j + order_ < n; ++j) add_difference(x, j, settings.lambda);
  decompose();
}

void WhittakerSmoother::decompose() {
  for (std::size_t i = 0; i < band_[0].size(); ++i) {
    for (std::size_t d = std::min(order_, i); d >= 1; --d) {
      const std::size_t j = i - d;
      double value = band_[d][i];
      for (std::size_t e = d + 1; e <= std::min(order_, i); ++e) {  // column k = i - e < j
        value -= band_[e][i] * band_[0][i - e] * band_[e - d][j];
      }
      band_[d][i] = value / band_[0][j];
    }
    for (std::size_t d = 1; d <= std::min(order_, i); ++d) {
      band_[0][i] -= band_[d][i] * band_[d][i] * band_[0][i - d];
    }
  }
}

void WhittakerSmoother::solve(std::span<double> b) const {
  const std::size_t n = b.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t d = 1; d <= std::min(order_, i); ++d) b[i] -= band_[d][i] * b[i - d];
  }
  for (std::size_t i = n; i-- > 0;) {
    b[i] /= band_[0][i];
    for (std::size_t d = 1; d <= order_ && i + d < n; ++d) b[i] -= band_[d][i + d] * b[i + d];
  }
}

void WhittakerSmoother::smooth(std::span<const double> x, std::span<const double> y,
                               std::span<const double> weight, const WhittakerSettings& settings,
                               std::span<double> smoothed) {
  if (x.size() <= static_cast<std::size_t>(std::clamp(settings.differences, 2, 3))) {
    std::copy(y.begin(), y.end(), smoothed.begin());
    return;
  }
  factor(x, weight, settings);
  for (std::size_t i = 0; i < x.size(); ++i) smoothed[i] = weight[i] * y[i];
  solve(smoothed);
  for (double& z : smoothed) z = std::max(z, 0.0);
}

}  // namespace overland::kernel
