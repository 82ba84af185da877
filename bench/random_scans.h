// Random libraries and scans of a stated size, for the micro-benchmarks. Masses cluster as those of
// peptides do: near 1.0005 times whole numbers.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/rng.h"
#include "kernel/scan_peaks.h"

namespace overland::bench {

inline float peptide_like_mz(Rng& rng, double low, double high) {
  const double nominal = std::floor(low + (high - low) * rng.uniform());
  return static_cast<float>(1.00048 * nominal + 0.08 * rng.normal() + 0.1);
}

struct RandomLibrary {
  std::vector<std::uint64_t> begin{0};
  std::vector<float> mz, intensity;
  RandomLibrary(std::size_t precursors, std::size_t fragments, std::uint64_t seed) {
    Rng rng(seed, 1);
    for (std::size_t i = 0; i < precursors; ++i) {
      for (std::size_t f = 0; f < fragments; ++f) {
        mz.push_back(peptide_like_mz(rng, 200, 1400));
        intensity.push_back(static_cast<float>(1.0 / static_cast<double>(f + 1)));
      }
      begin.push_back(mz.size());
    }
  }
};

struct RandomScans {
  std::vector<std::vector<float>> mz, intensity;
  RandomScans(std::size_t scans, std::size_t peaks, std::uint64_t seed) {
    Rng rng(seed, 2);
    for (std::size_t s = 0; s < scans; ++s) {
      std::vector<float> m(peaks);
      for (float& x : m) x = peptide_like_mz(rng, 200, 1400);
      std::sort(m.begin(), m.end());
      m.erase(std::unique(m.begin(), m.end()), m.end());
      std::vector<float> y(m.size());
      for (float& x : y) x = static_cast<float>(1e4 * std::exp(1.2 * rng.normal()));
      mz.push_back(std::move(m));
      intensity.push_back(std::move(y));
    }
  }
  [[nodiscard]] std::vector<kernel::ScanPeaks> views() const {
    std::vector<kernel::ScanPeaks> out;
    for (std::size_t s = 0; s < mz.size(); ++s) out.push_back({mz[s], intensity[s]});
    return out;
  }
};

}  // namespace overland::bench
