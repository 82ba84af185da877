#include "kernel/trace_noise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/rng.h"

namespace overland::kernel {
namespace {

// Peaks of ten points with the given noise.
std::vector<PeakRoughness> peaks_of(Rng& rng, std::size_t count, double gain, double cv) {
  std::vector<PeakRoughness> peaks;
  for (; count > 0; --count) {
    const double height = std::exp(6 + 6 * rng.uniform());
    PeakRoughness peak;
    for (int k = -5; k < 5; ++k) {
      const double z = height * std::exp(-0.08 * k * k);
      const double sd = std::sqrt(gain * z + cv * cv * z * z);
      peak.roughness += std::pow(sd * rng.normal(), 2);
      peak.counting += z;
      peak.square += z * z;
    }
    peaks.push_back(peak);
  }
  return peaks;
}

TEST(Noise, gain_and_cv_are_found) {
  Rng rng(51, 0);
  for (const auto& [gain, cv] : {std::pair{50.0, 0.05}, {400.0, 0.0}, {5.0, 0.2}}) {
    const NoiseModel model = fit_noise(peaks_of(rng, 4000, gain, cv));
    EXPECT_NEAR(model.gain / gain, 1, 0.15);
    EXPECT_NEAR(model.cv, cv, 0.15 * cv + 0.02);
  }
}

TEST(Noise, few_peaks_give_the_gain_alone_and_none_nothing) {
  Rng rng(52, 0);
  const NoiseModel few = fit_noise(peaks_of(rng, 20, 50, 0));
  EXPECT_NEAR(few.gain / 50, 1, 0.3);
  EXPECT_EQ(few.cv, 0);
  EXPECT_EQ(fit_noise({}).gain, 0);
  EXPECT_EQ(fit_noise(std::vector<PeakRoughness>(100)).gain, 0);
}

TEST(Noise, a_few_wild_peaks_do_not_matter) {
  Rng rng(53, 0);
  std::vector<PeakRoughness> peaks = peaks_of(rng, 2000, 50, 0.05);
  for (std::size_t i = 0; i < peaks.size(); i += 20) peaks[i].roughness *= 1e4;
  EXPECT_NEAR(fit_noise(peaks).gain / 50, 1, 0.2);
}

}  // namespace
}  // namespace overland::kernel
