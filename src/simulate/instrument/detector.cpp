#include "simulate/instrument/detector.h"

#include <algorithm>
#include <cmath>

namespace overland::simulate {
namespace {

// Sorts in a total order, so that the result does not depend on the order of work.
void sort_peaks(std::vector<IonPeak>& peaks) {
  std::ranges::sort(peaks, [](const IonPeak& a, const IonPeak& b) {
    return a.mz != b.mz ? a.mz < b.mz : a.ions < b.ions;
  });
}

void add_electronic_peaks(std::vector<IonPeak>& peaks, const SimulationConfig& config,
                          const DetectorState& state, Rng& rng) {
  const std::uint64_t count = rng.poisson(config.noise.electronic_peaks);
  for (std::uint64_t i = 0; i < count; ++i) {
    const double mz = state.low_mz + (state.high_mz - state.low_mz) * rng.uniform();
    const double excess = 1 + 0.4 * rng.exponential();
    peaks.push_back({mz, config.detector.detection_limit_ions * excess});
  }
}

// Keeps peaks above the detection limit, with noise on their intensities and mass errors.
void read_out(std::vector<IonPeak>& peaks, const SimulationConfig& config,
              const DetectorState& state, Rng& rng) {
  const DetectorSettings& detector = config.detector;
  const MassErrorSettings& mass = config.mass_error;
  // Peaks more than five SD below the limit are rejected without a random number, to save time.
  const double hopeless = detector.detection_limit_ions * pinned::exp(-5 * detector.limit_spread) -
                          5 * detector.electronic_noise_ions;
  std::size_t kept = 0;
  for (const IonPeak& peak : peaks) {
    if (peak.ions < hopeless) continue;
    const double ions = peak.ions + detector.electronic_noise_ions * rng.normal();
    const double error = rng.normal();
    const double limit = detector.detection_limit_ions * log_normal(rng, detector.limit_spread);
    if (ions < limit) continue;
    const double sd =
        std::sqrt(mass.floor_ppm * mass.floor_ppm + mass.one_ion_ppm * mass.one_ion_ppm / ions);
    const double bias = state.ppm_offset + mass.mz_ppm * (peak.mz - 700) / 500;
    peaks[kept++] = {peak.mz * (1 + (bias + sd * error) * 1e-6), ions};
  }
  peaks.resize(kept);
  sort_peaks(peaks);
}

}  // namespace

double peak_width(double mz, double resolution_at_200) {
  return mz * std::sqrt(mz / 200.0) / resolution_at_200;
}

void coalesce(std::vector<IonPeak>& peaks, double widths, double resolution_at_200) {
  if (peaks.empty()) return;
  std::size_t last = 0;
  for (std::size_t i = 1; i < peaks.size(); ++i) {
    IonPeak& left = peaks[last];
    const IonPeak right = peaks[i];
    // Peaks with equal m/z after rounding to 32 bits, the precision of the file, are merged too.
    const bool is_merged = right.mz - left.mz < widths * peak_width(left.mz, resolution_at_200) ||
                           static_cast<float>(right.mz) <= static_cast<float>(left.mz);
    if (is_merged) {
      const double ions = left.ions + right.ions;
      left = {left.mz + (right.mz - left.mz) * right.ions / ions, ions};
    } else {
      peaks[++last] = right;
    }
  }
  peaks.resize(last + 1);
}

std::uint64_t draw_poisson(double mean, Rng& rng) {
  constexpr double kNormalAbove = 30;
  if (mean > kNormalAbove) return rng.poisson(mean);
  const double u = rng.uniform();
  if (u < 1 - mean) return 0;  // valid because exp(-mean) >= 1 - mean
  double probability = pinned::exp(-mean);
  double cumulative = probability;
  std::uint64_t k = 0;
  while (u >= cumulative && k < 200) {
    probability *= mean / static_cast<double>(++k);
    cumulative += probability;
  }
  return k;
}

void draw_ions(std::vector<IonPeak>& peaks, Rng& rng) {
  std::size_t kept = 0;
  for (const IonPeak& peak : peaks) {
    const std::uint64_t ions = draw_poisson(peak.ions, rng);
    if (ions > 0) peaks[kept++] = {peak.mz, static_cast<double>(ions)};
  }
  peaks.resize(kept);
}

void detect(std::vector<IonPeak>& peaks, const SimulationConfig& config, const DetectorState& state,
            Rng& rng) {
  draw_ions(peaks, rng);
  add_electronic_peaks(peaks, config, state, rng);
  sort_peaks(peaks);
  const double widths = config.detector.coalescence;
  coalesce(peaks, widths, state.resolution_at_200);
  read_out(peaks, config, state, rng);
  coalesce(peaks, widths, state.resolution_at_200);  // mass errors may have moved peaks together
}

}  // namespace overland::simulate
