#include "kernel/spectral_scores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/rng.h"

namespace overland::kernel {
namespace {

using Spectrum = std::vector<float>;

Spectrum random_spectrum(Rng& rng, std::size_t n) {
  Spectrum v(n);
  for (float& x : v) x = rng.below(4) == 0 ? 0 : static_cast<float>(1e5 * rng.uniform());
  return v;
}

TEST(SpectralScores, agree_with_their_formulas) {
  Rng rng(1, 0);
  for (int round = 0; round < 200; ++round) {
    const Spectrum h = random_spectrum(rng, 12);
    const Spectrum x = random_spectrum(rng, 12);
    double hh = 0, xx = 0, hx = 0, sh = 0, sx = 0, root = 0;
    for (std::size_t i = 0; i < 12; ++i) {
      const double a = static_cast<double>(h[i]), b = static_cast<double>(x[i]);
      hh += a * a, xx += b * b, hx += a * b, sh += a, sx += b, root += std::sqrt(a * b);
    }
    double manhattan = 0, mixed = 0, separate = 0;
    const auto s = [](double v) { return v > 0 ? -v * std::log(v) : 0; };
    for (std::size_t i = 0; i < 12; ++i) {
      const double a = static_cast<double>(h[i]) / sh, b = static_cast<double>(x[i]) / sx;
      manhattan += std::abs(a - b);
      mixed += s((a + b) / 2), separate += s(a) + s(b);
    }
    EXPECT_NEAR(sqrt_cosine(h, x), root / std::sqrt(sh * sx), 1e-5);
    EXPECT_NEAR(cosine(h, x), hx / std::sqrt(hh * xx), 1e-5);
    EXPECT_NEAR(entropy_similarity(h, x), 1 - (2 * mixed - separate) / std::log(4.0), 1e-5);
    EXPECT_NEAR(manhattan_similarity(h, x), 1 - manhattan / 2, 1e-5);
    const double n = 12, cov = hx / n - sh * sx / n / n;
    const double variances = (hh / n - sh * sh / n / n) * (xx / n - sx * sx / n / n);
    EXPECT_NEAR(pearson(h, x), cov / std::sqrt(variances), 1e-4);
  }
}

TEST(SpectralScores, identical_is_one_disjoint_is_zero_empty_is_zero) {
  const Spectrum a{1, 2, 0, 0}, b{0, 0, 3, 1}, zero(4, 0);
  for (const auto score : {sqrt_cosine, cosine, entropy_similarity, manhattan_similarity}) {
    EXPECT_NEAR(score(a, a), 1, 1e-6);
    EXPECT_NEAR(score(a, b), 0, 1e-6);
    EXPECT_EQ(score(a, zero), 0);
    EXPECT_EQ(score(zero, a), 0);
  }
  EXPECT_EQ(pearson(a, zero), 0);
}

TEST(SpectralScores, do_not_depend_on_scale) {
  Rng rng(2, 0);
  const Spectrum h = random_spectrum(rng, 12);
  Spectrum x = random_spectrum(rng, 12);
  const float before = entropy_similarity(h, x);
  for (float& v : x) v *= 1e-3F;
  EXPECT_NEAR(entropy_similarity(h, x), before, 1e-5);
}

}  // namespace
}  // namespace overland::kernel
