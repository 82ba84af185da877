#include "simulate/instrument/detector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace overland::simulate {
namespace {

std::vector<IonPeak> random_peaks(Rng& rng, std::size_t count, double low, double high) {
  std::vector<IonPeak> peaks;
  for (std::size_t i = 0; i < count; ++i) {
    peaks.push_back({low + (high - low) * rng.uniform(), 1 + 1000 * rng.uniform() * rng.uniform()});
  }
  std::ranges::sort(peaks, {}, &IonPeak::mz);
  return peaks;
}

TEST(Detector, ion_numbers_have_the_mean_and_variance_of_poisson) {
  for (const double mean : {0.05, 0.7, 3.0, 12.0, 29.0, 31.0, 400.0}) {
    Rng rng(41, static_cast<std::uint64_t>(mean * 100));
    constexpr int kDraws = 200000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < kDraws; ++i) {
      const auto n = static_cast<double>(draw_poisson(mean, rng));
      sum += n;
      squares += n * n;
    }
    const double average = sum / kDraws;
    const double variance = squares / kDraws - average * average;
    EXPECT_NEAR(average, mean, 5 * std::sqrt(mean / kDraws)) << mean;
    EXPECT_NEAR(variance / mean, 1.0, 0.03 + 1.0 / (mean * 400)) << mean;
  }
}

TEST(Detector, zero_probability_is_exp_of_minus_mean) {
  Rng rng(42, 1);
  int zeros = 0;
  for (int i = 0; i < 200000; ++i) zeros += draw_poisson(0.8, rng) == 0 ? 1 : 0;
  EXPECT_NEAR(zeros / 200000.0, std::exp(-0.8), 0.004);
}

TEST(Detector, no_two_peaks_are_nearer_than_the_resolution) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Rng rng(43, seed);
    std::vector<IonPeak> peaks = random_peaks(rng, 3000, 100, 300);
    double ions = 0;
    double moment = 0;
    for (const IonPeak& peak : peaks) {
      ions += peak.ions;
      moment += peak.ions * peak.mz;
    }
    coalesce(peaks, 1.0, 15000);
    for (std::size_t i = 1; i < peaks.size(); ++i) {
      EXPECT_GE(peaks[i].mz - peaks[i - 1].mz, peak_width(peaks[i - 1].mz, 15000)) << "seed 43";
    }
    for (const IonPeak& peak : peaks) {
      ions -= peak.ions;
      moment -= peak.ions * peak.mz;
    }
    EXPECT_NEAR(ions, 0, 1e-6);
    EXPECT_NEAR(moment, 0, 1e-4);
  }
}

TEST(Detector, two_near_peaks_become_their_weighted_mean) {
  std::vector<IonPeak> peaks{{500.000, 30}, {500.010, 10}, {501.0, 5}};
  coalesce(peaks, 1.0, 15000);
  ASSERT_EQ(peaks.size(), 2U);
  EXPECT_NEAR(peaks[0].mz, 500.0025, 1e-9);
  EXPECT_EQ(peaks[0].ions, 40);
}

TEST(Detector, width_grows_with_mz_to_the_power_of_three_halves) {
  EXPECT_NEAR(peak_width(200, 15000), 200.0 / 15000, 1e-12);
  EXPECT_NEAR(peak_width(800, 15000) / peak_width(200, 15000), 8.0, 1e-9);
}

TEST(Detector, whole_path_gives_clean_scans) {
  SimulationConfig config;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Rng rng(44, seed);
    std::vector<IonPeak> peaks = random_peaks(rng, 2000, 105, 1700);
    detect(peaks, config, {2.0, 15000, 105, 1700}, rng);
    ASSERT_GT(peaks.size(), 100U);
    for (std::size_t i = 0; i < peaks.size(); ++i) {
      EXPECT_GT(peaks[i].ions, 0.3 * config.detector.detection_limit_ions);
      if (i == 0) continue;
      EXPECT_GE(peaks[i].mz - peaks[i - 1].mz, peak_width(peaks[i - 1].mz, 15000));
    }
  }
}

TEST(Detector, mass_error_may_depend_on_mz) {
  SimulationConfig config;
  config.noise.electronic_peaks = 0;
  config.mass_error = {.mz_ppm = 4, .floor_ppm = 0.01, .one_ion_ppm = 0};
  Rng rng(46, 0);
  std::vector<IonPeak> peaks{{200, 1e4}, {700, 1e4}, {1200, 1e4}};
  detect(peaks, config, {1.5, 15000, 105, 1700}, rng);
  ASSERT_EQ(peaks.size(), 3U);
  EXPECT_NEAR((peaks[0].mz / 200 - 1) * 1e6, -2.5, 0.1);
  EXPECT_NEAR((peaks[1].mz / 700 - 1) * 1e6, 1.5, 0.1);
  EXPECT_NEAR((peaks[2].mz / 1200 - 1) * 1e6, 5.5, 0.1);
}

TEST(Detector, mass_error_has_offset_and_shrinks_with_ions) {
  SimulationConfig config;
  config.noise.electronic_peaks = 0;
  const auto spread = [&](double ions, double& mean) {
    Rng rng(45, static_cast<std::uint64_t>(ions));
    double sum = 0;
    double squares = 0;
    constexpr int kDraws = 20000;
    for (int i = 0; i < kDraws; ++i) {
      std::vector<IonPeak> peaks{{600, ions}};
      detect(peaks, config, {2.5, 15000, 105, 1700}, rng);
      const double ppm = (peaks.at(0).mz / 600 - 1) * 1e6;
      sum += ppm;
      squares += ppm * ppm;
    }
    mean = sum / kDraws;
    return std::sqrt(squares / kDraws - mean * mean);
  };
  double mean = 0;
  EXPECT_NEAR(spread(1e6, mean), config.mass_error.floor_ppm, 0.05);
  EXPECT_NEAR(mean, 2.5, 0.1);
  const double weak = spread(100, mean);
  EXPECT_NEAR(weak * weak, 1.6 * 1.6 + 9 * 9 / 100.0, 0.2);
  EXPECT_NEAR(mean, 2.5, 0.1);
}

TEST(Detector, nothing_in_gives_electronic_peaks_only) {
  SimulationConfig config;
  double total = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Rng rng(46, seed);
    std::vector<IonPeak> peaks;
    detect(peaks, config, {0, 15000, 105, 1700}, rng);
    total += static_cast<double>(peaks.size());
  }
  EXPECT_LT(total / 2000, config.noise.electronic_peaks);
  EXPECT_GT(total / 2000, 0.5 * config.noise.electronic_peaks);
}

}  // namespace
}  // namespace overland::simulate
