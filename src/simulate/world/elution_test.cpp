#include "simulate/world/elution.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/rng.h"

namespace overland::simulate {
namespace {

Elution random_peak(Rng& rng) {
  return {rng.normal(), 0.05 + rng.uniform(), std::exp(4 * rng.uniform() - 3)};
}

// The definition itself: the Gaussian, delayed by exponentially distributed times.
double by_convolution(const Elution& peak, double t) {
  constexpr double kPi = 3.141592653589793;
  const double step = std::min(peak.sigma, peak.tau) / 400;
  double sum = 0;
  for (double delay = step / 2; delay < 40 * peak.tau; delay += step) {
    const double z = (t - delay - peak.mu) / peak.sigma;
    sum += step * std::exp(-delay / peak.tau) / peak.tau * std::exp(-0.5 * z * z) /
           (peak.sigma * std::sqrt(2 * kPi));
  }
  return sum;
}

TEST(Elution, scaled_erfc_agrees_with_libm) {
  for (double x = 0; x < 25; x += 0.0137) {
    const double expected = x < 25 ? std::exp(x * x) * std::erfc(x) : 0;
    EXPECT_NEAR(scaled_erfc(x) / expected, 1.0, 2e-12) << x;
  }
  EXPECT_NEAR(scaled_erfc(1000) * 1000 * std::sqrt(3.141592653589793), 1.0, 1e-6);
}

TEST(Elution, density_is_the_convolution) {
  Rng rng(11, 1);
  for (int i = 0; i < 20; ++i) {
    const Elution peak = random_peak(rng);
    for (int k = 0; k < 5; ++k) {
      const double t = peak.mu + (6 * rng.uniform() - 2) * (peak.sigma + peak.tau);
      const double expected = by_convolution(peak, t);
      EXPECT_NEAR(peak.density(t), expected, 2e-5 * (expected + 0.01)) << "seed 11, peak " << i;
    }
  }
}

TEST(Elution, area_is_one_and_lies_between_start_and_stop) {
  Rng rng(12, 1);
  for (int i = 0; i < 50; ++i) {
    const Elution peak = random_peak(rng);
    const double step = (peak.stop() - peak.start()) / 20000;
    double area = 0;
    for (int k = 0; k < 20000; ++k) area += step * peak.density(peak.start() + (k + 0.5) * step);
    EXPECT_NEAR(area, 1.0, 2.5e-4) << "seed 12, peak " << i;
  }
}

TEST(Elution, far_tails_are_finite_and_positive) {
  const Elution narrow_tail{0, 1, 1e-3};
  const Elution wide_tail{0, 1e-3, 1};
  for (double t = -30; t < 30; t += 0.01) {
    EXPECT_TRUE(std::isfinite(narrow_tail.density(t)));
    EXPECT_TRUE(std::isfinite(wide_tail.density(t)));
    EXPECT_GE(narrow_tail.density(t), 0);
    EXPECT_GE(wide_tail.density(t), 0);
  }
  EXPECT_NEAR(narrow_tail.density(0), 0.3989422804, 1e-3);  // nearly the Gaussian
  EXPECT_NEAR(wide_tail.density(1), std::exp(-1.0), 1e-3);  // nearly the exponential
}

TEST(Elution, shape_table_finds_apex_and_width) {
  Rng rng(13, 1);
  const ElutionShape shape;
  for (int i = 0; i < 30; ++i) {
    const Elution peak = random_peak(rng);
    const ElutionShape::Values values = shape.at(peak.sigma, peak.tau);
    double best = 0;
    double apex = 0;
    double first = 1e9;
    double last = -1e9;
    const double step = 1e-4 * (peak.stop() - peak.start());
    for (double t = peak.start(); t < peak.stop(); t += step) {
      if (peak.density(t) > best) {
        best = peak.density(t);
        apex = t;
      }
    }
    for (double t = peak.start(); t < peak.stop(); t += step) {
      if (peak.density(t) < best / 2) continue;
      first = std::min(first, t);
      last = std::max(last, t);
    }
    EXPECT_NEAR(peak.mu + values.apex_offset, apex, 2 * step + 1e-4 * peak.sigma);
    EXPECT_NEAR(values.fwhm, last - first, 3 * step + 1e-3 * peak.sigma);
    EXPECT_NEAR(values.apex_density, best, 1e-4 * best);
  }
}

}  // namespace
}  // namespace overland::simulate
