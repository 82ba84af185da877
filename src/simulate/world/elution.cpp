#include "simulate/world/elution.h"

#include <algorithm>
#include <cmath>

#include "base/pinned_math.h"

namespace overland::simulate {
namespace {

constexpr double kTwoOverSqrtPi = 1.1283791670955126;
constexpr double kSqrtHalf = 0.7071067811865476;
constexpr double kSeriesLimit = 2.0;
constexpr int kFractionTerms = 60;

// Kummer's series erf(x) = 2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (2n+1)!!
double by_series(double x) {
  double term = x;
  double sum = x;
  for (int n = 1; n < 60 && term > 1e-18 * sum; ++n) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return pinned::exp(x * x) - kTwoOverSqrtPi * sum;
}

// Laplace's continued fraction: sqrt(pi) scaled_erfc(x) = 1 / (x + (1/2) / (x + (2/2) / (x + ...
double by_fraction(double x) {
  const int terms = x > 6 ? 15 : kFractionTerms;
  double tail = x;
  for (int n = terms; n >= 1; --n) tail = x + 0.5 * n / tail;
  return 0.5 * kTwoOverSqrtPi / tail;
}

double bisect_height(const Elution& peak, double inside, double outside, double height) {
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (inside + outside);
    (peak.density(middle) > height ? inside : outside) = middle;
  }
  return 0.5 * (inside + outside);
}

double find_apex(const Elution& peak) {
  double low = peak.mu - peak.sigma;
  double high = peak.mu + 3 * peak.sigma;
  for (int i = 0; i < 80; ++i) {
    const double a = low + (high - low) / 3;
    const double b = high - (high - low) / 3;
    (peak.density(a) < peak.density(b) ? low : high) = (peak.density(a) < peak.density(b)) ? a : b;
  }
  return 0.5 * (low + high);
}

}  // namespace

double scaled_erfc(double x) {
  return x < kSeriesLimit ? by_series(x) : by_fraction(x);
}

double Elution::density(double minutes) const {
  const double z = (minutes - mu) / sigma;
  const double w = kSqrtHalf * (sigma / tau - z);
  const double gauss = pinned::exp(-0.5 * z * z);
  if (w >= 0) return 0.5 / tau * gauss * scaled_erfc(w);
  // erfc(w) = 2 - erfc(-w); the first part is the pure exponential tail.
  const double ratio = sigma / tau;
  const double tail = 2 * pinned::exp(0.5 * ratio * ratio - z * ratio);
  return 0.5 / tau * (tail - gauss * scaled_erfc(-w));
}

ElutionShape::ElutionShape() {
  for (int i = 0; i < kPoints; ++i) {
    const double log_ratio =
        kLowestLogRatio + (kHighestLogRatio - kLowestLogRatio) * i / (kPoints - 1);
    const Elution peak{0, 1, pinned::exp(log_ratio)};
    const double apex = find_apex(peak);
    const double height = peak.density(apex);
    const double left = bisect_height(peak, apex, apex - 6, 0.5 * height);
    const double right = bisect_height(peak, apex, apex + 6 + 2 * peak.tau, 0.5 * height);
    table_[static_cast<std::size_t>(i)] = {apex, right - left, height};
  }
}

ElutionShape::Values ElutionShape::at(double sigma, double tau) const {
  const double log_ratio = std::clamp(pinned::log(tau / sigma), kLowestLogRatio, kHighestLogRatio);
  const double position =
      (log_ratio - kLowestLogRatio) / (kHighestLogRatio - kLowestLogRatio) * (kPoints - 1);
  const auto cell = std::min(static_cast<std::size_t>(position), std::size_t{kPoints - 2});
  const double f = position - static_cast<double>(cell);
  const Values& a = table_[cell];
  const Values& b = table_[cell + 1];
  return {sigma * (a.apex_offset + f * (b.apex_offset - a.apex_offset)),
          sigma * (a.fwhm + f * (b.fwhm - a.fwhm)),
          (a.apex_density + f * (b.apex_density - a.apex_density)) / sigma};
}

}  // namespace overland::simulate
