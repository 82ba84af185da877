#include "kernel/intensity_spline.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/rng.h"

namespace overland::kernel {
namespace {

// Those of the Altimeter model of 2024.
constexpr SplineKnots kKnots{6, 13, 21.974304F, 25.269434F, 33.012802F, 39.290993F, 48, 55};

// The definition, word for word.
double slow_basis(const std::vector<double>& t, std::size_t i, int degree, double energy) {
  if (degree == 0) return t[i] <= energy && energy < t[i + 1] ? 1 : 0;
  const auto k = static_cast<std::size_t>(degree);
  double value = 0;
  if (t[i + k] > t[i]) {
    value += (energy - t[i]) / (t[i + k] - t[i]) * slow_basis(t, i, degree - 1, energy);
  }
  if (t[i + k + 1] > t[i + 1]) {
    value += (t[i + k + 1] - energy) / (t[i + k + 1] - t[i + 1]) *
             slow_basis(t, i + 1, degree - 1, energy);
  }
  return value;
}

TEST(IntensitySpline, BasisIsTheRecursionForAnyKnots) {
  constexpr std::uint64_t kSeed = 31;
  SCOPED_TRACE(kSeed);
  Rng random(kSeed, 0);
  for (int round = 0; round < 500; ++round) {
    SplineKnots knots{};
    float t = static_cast<float>(random.uniform() * 10);
    for (float& knot : knots) {
      knot = t;
      if (random.below(4) != 0)
        t += static_cast<float>(random.uniform() * 12);  // some fall together
    }
    const std::vector<double> exact(knots.begin(), knots.end());
    for (int k = 0; k < 20; ++k) {
      const double energy = exact[0] - 1 + random.uniform() * (exact[7] - exact[0] + 2);
      const SplineBasis basis = cubic_basis(knots, energy);
      for (std::size_t i = 0; i < basis.size(); ++i) {
        EXPECT_NEAR(static_cast<double>(basis[i]), slow_basis(exact, i, 3, energy), 1e-6);
      }
    }
  }
}

TEST(IntensitySpline, UniformKnotsGiveTheKnownWeights) {
  const SplineKnots knots{0, 1, 2, 3, 4, 5, 6, 7};
  const SplineBasis basis = cubic_basis(knots, 3.0);  // weights 1/6, 4/6, 1/6 at a knot
  EXPECT_FLOAT_EQ(basis[0], 1.0F / 6);
  EXPECT_FLOAT_EQ(basis[1], 4.0F / 6);
  EXPECT_FLOAT_EQ(basis[2], 1.0F / 6);
  EXPECT_EQ(basis[3], 0);
  EXPECT_NEAR(spline_intensity({2, 2, 2, 2}, cubic_basis(knots, 3.7)), 2, 1e-6);
  EXPECT_EQ(spline_intensity({2, 2, 2, 2}, cubic_basis(knots, 9)), 0);
}

// Bases 0..3 live on 6-33.01, 13-39.29, 21.97-48 and 25.27-55.
TEST(IntensitySpline, SupportsAreThoseOfTheKnots) {
  for (double energy = 0; energy < 60; energy += 0.01) {
    const SplineBasis basis = cubic_basis(kKnots, energy);
    for (std::size_t i = 0; i < basis.size(); ++i) {
      const bool is_inside = energy > static_cast<double>(kKnots[i]) + 0.02 &&
                             energy < static_cast<double>(kKnots[i + 4]) - 0.02;
      const bool is_outside =
          energy < static_cast<double>(kKnots[i]) || energy >= static_cast<double>(kKnots[i + 4]);
      if (is_inside) {
        EXPECT_GT(basis[i], 0) << i << " at " << energy;
      }
      if (is_outside) {
        EXPECT_EQ(basis[i], 0) << i << " at " << energy;
      }
    }
  }
  // Between the middle knots all four are there and share out one whole.
  for (double energy = 25.27; energy < 33.01; energy += 0.1) {
    const SplineBasis b = cubic_basis(kKnots, energy);
    EXPECT_NEAR(b[0] + b[1] + b[2] + b[3], 1, 1e-6);
  }
}

TEST(IntensitySpline, IsSmoothToTheSecondDerivative) {
  for (const float knot : kKnots) {
    const auto at = [&](double e) {
      return static_cast<double>(cubic_basis(kKnots, static_cast<double>(knot) + e)[1]);
    };
    const double h = 0.05;
    const double left = (at(-2 * h) - 2 * at(-h) + at(0)) / (h * h);
    const double right = (at(0) - 2 * at(h) + at(2 * h)) / (h * h);
    EXPECT_NEAR(left, right, 5e-3) << knot;
  }
}

TEST(IntensitySpline, NegativeSumsAreNoIntensity) {
  const SplineBasis basis = cubic_basis(kKnots, 30);
  EXPECT_EQ(spline_intensity({-1, 0.01F, 0, 0}, cubic_basis(kKnots, 10)), 0);
  EXPECT_FLOAT_EQ(spline_intensity({1, 1, 1, 1}, basis), 1);
}

TEST(IntensitySpline, CodesKeepTheIntensityToTheirError) {
  constexpr std::uint64_t kSeed = 32;
  SCOPED_TRACE(kSeed);
  Rng random(kSeed, 0);
  for (int round = 0; round < 20000; ++round) {
    const float largest = static_cast<float>(0.01 + 5 * random.uniform());
    const float sign = random.below(10) == 0 ? -1.0F : 1.0F;
    const float c = sign * largest * static_cast<float>(std::pow(10, -6 * random.uniform()));
    const float back = decode_coefficient(encode_coefficient(c, largest)) * largest;
    EXPECT_NEAR(back, c, 3.1e-5F * std::sqrt(std::abs(c) * largest) + 1e-9F * largest);
  }
  EXPECT_EQ(encode_coefficient(0, 1), 32768);
  EXPECT_EQ(encode_coefficient(1, 1), 65535);
  EXPECT_EQ(encode_coefficient(-1, 1), 1);
  EXPECT_EQ(decode_coefficient(32768), 0);
}

// Why two bytes each: how far a spectrum of 12 fragments turns by the encoding.
TEST(IntensitySpline, SpectraKeepTheirAngle) {
  constexpr std::uint64_t kSeed = 33;
  SCOPED_TRACE(kSeed);
  Rng random(kSeed, 0);
  double worst = 0;
  for (int round = 0; round < 2000; ++round) {
    std::array<std::vector<std::uint16_t>, kSplineTerms> codes;
    std::vector<SplineCoefficients> exact(12);
    float largest = 0;
    for (auto& c : exact) {
      const double height = std::pow(10, -3 * random.uniform());
      for (float& value : c) value = static_cast<float>(height * random.uniform());
      for (const float value : c) largest = std::max(largest, value);
    }
    for (const auto& c : exact) {
      for (std::size_t i = 0; i < kSplineTerms; ++i) {
        codes[i].push_back(encode_coefficient(c[i], largest));
      }
    }
    const SplineBasis basis = cubic_basis(kKnots, 20 + 20 * random.uniform());
    std::vector<float> coded(12);
    spline_intensities({codes[0], codes[1], codes[2], codes[3]}, 0, basis, coded);
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t f = 0; f < 12; ++f) {
      const double a = static_cast<double>(spline_intensity(exact[f], basis));
      const double b = static_cast<double>(coded[f]);
      dot += std::sqrt(a * b);
      aa += a;
      bb += b;
    }
    worst = std::max(worst, 1 - dot / std::sqrt(aa * bb));
  }
  EXPECT_LT(worst, 1e-6);
}

TEST(IntensitySpline, KnotsMustAscend) {
  EXPECT_TRUE(are_knots(kKnots));
  SplineKnots knots = kKnots;
  knots[3] = 5;
  EXPECT_FALSE(are_knots(knots));
  knots[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(are_knots(knots));
  knots.fill(20);
  EXPECT_FALSE(are_knots(knots));
}

}  // namespace
}  // namespace overland::kernel
