// A cohort at the level of peak groups: what the stages of single runs would have written of many
// different runs, without spectra. bench/cross_run.cpp writes their files with it.
//
// A precursor has a log2 abundance, its protein changes from run to run, and each run has a loading
// factor and a retention curve. Faint precursors are missing more often. Peak groups of precursors
// that are absent, of entrapments and of decoys have features from one and the same distribution.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/files/hash.h"
#include "base/pinned_math.h"
#include "base/rng.h"
#include "library/library.h"
#include "search/psm_table.h"

namespace overland::bench {

// The acquisition of all runs: an MS1 scan and a scan of each window, again and again.
inline constexpr std::size_t kCycles = 150;
inline constexpr std::size_t kWindows = 40;
inline constexpr std::size_t kCycleScans = kWindows + 1;
inline constexpr double kMinutes = 60;
inline constexpr double kLowMz = 300, kWindowWidth = 60;  // Th, of the first window

struct Peak {
  std::uint32_t precursor = 0;
  std::uint16_t window = 0;
  std::uint32_t apex_scan = 0;
  float rt = 0, rt_start = 0, rt_stop = 0, irt = 0;
  double log2_intensity = 0;
  double quality = 0;  // 0: random
};

class CohortModel {
 public:
  explicit CohortModel(const library::LibraryView& library) : library_(library) {
    for (std::uint32_t p = 0; p < library.precursor_count(); ++p) {
      Rng rng(hash_seed(library.modified_sequence[p]), library.charge[p]);
      const bool can_be_there = library.is_decoy[p] == 0 && library.entrapment[p] == 0;
      is_present_.push_back(can_be_there && rng.uniform() < 0.85);
      level_.push_back(20 + 2.5 * rng.normal());
    }
  }

  // By precursor; most have no peak group, some have two.
  [[nodiscard]] std::vector<Peak> peaks(std::uint64_t run) const {
    std::vector<Peak> peaks;
    for (std::uint32_t p = 0; p < library_.precursor_count(); ++p) {
      Rng rng(kSeed + run, p);
      const double level = level_of(run, p, rng);
      const bool is_seen = is_present_[p] && rng.uniform() < pinned::logistic((level - 17) / 0.7);
      const double irt = static_cast<double>(library_.irt[p]);
      if (is_seen) {
        Peak& peak = peaks.emplace_back(at(p, irt + curve(run, irt) + 0.3 * rng.normal()));
        peak.log2_intensity = level;
        peak.quality = std::max(0.5, 1.2 + 0.35 * (level - 17) + 0.7 * rng.normal());
      }
      if (rng.uniform() >= (is_seen ? 0.1 : 0.35)) continue;
      Peak& peak = peaks.emplace_back(at(p, irt + 8 * (rng.uniform() - 0.5)));
      peak.log2_intensity = 15 + 1.5 * rng.normal();
    }
    return peaks;
  }

  // Of the columns psm_features(), in their order.
  void features(std::uint64_t run, const Peak& peak,
                std::vector<std::vector<float>>& columns) const {
    Rng rng(kSeed + run, (std::uint64_t{peak.apex_scan} << 32) + peak.precursor);
    for (std::size_t f = 0; f < columns.size(); ++f) {
      const search::PsmFeature& feature = search::psm_features()[f];
      double value = rng.normal() + 0.22 * feature.direction * peak.quality;
      const std::string_view name = feature.name;
      if (name == "match_score") value = std::max(0.0, 2 + value + peak.quality);
      if (name == "log_intensity") value = peak.log2_intensity;
      if (name == "charge") value = library_.charge[peak.precursor];
      if (name == "precursor_mz")
        value = static_cast<double>(library_.precursor_mz[peak.precursor]);
      columns[f].push_back(static_cast<float>(value));
    }
  }

  // log2 of the quantity: the true abundance in the run with the error of its measurement.
  [[nodiscard]] double quantity(std::uint64_t run, std::uint32_t precursor) const {
    Rng rng(kSeed + run, precursor);
    const double level = level_of(run, precursor, rng);
    return level + 0.15 * Rng(kSeed + run, ~std::uint64_t{precursor}).normal();
  }

  // iRT that the run's model expects, 0 to 100 over the gradient.
  static double irt_of(double minutes) { return minutes / kMinutes * 100; }

 private:
  static constexpr std::uint64_t kSeed = 1000;

  double level_of(std::uint64_t run, std::uint32_t p, Rng& rng) const {
    const double loading = 0.4 * Rng(run, 1).normal();
    const double spray =
        0.3 * std::sin(static_cast<double>(library_.irt[p]) / 15 + static_cast<double>(run));
    const double protein = 0.5 * Rng(run, 2 + std::uint64_t{library_.protein_set[p]}).normal();
    return level_[p] + loading + spray + protein + 0.2 * rng.normal();
  }
  // How far the run elutes from the others, in iRT, beside what its model tells.
  static double curve(std::uint64_t run, double irt) {
    return 0.4 * std::sin(irt / 20 + 3 * static_cast<double>(run));
  }
  [[nodiscard]] Peak at(std::uint32_t p, double irt) const {
    Peak peak;
    peak.precursor = p;
    const double mz = static_cast<double>(library_.precursor_mz[p]);
    const double window = std::clamp((mz - kLowMz) / kWindowWidth, 0.0, kWindows - 1.0);
    peak.window = static_cast<std::uint16_t>(window);
    const double minutes = std::clamp(irt / 100, 0.001, 0.999) * kMinutes;
    const auto cycle = static_cast<std::uint32_t>(minutes / kMinutes * kCycles);
    peak.apex_scan = cycle * kCycleScans + 1 + peak.window;
    peak.rt = static_cast<float>(minutes);
    peak.rt_start = peak.rt - 0.1F;
    peak.rt_stop = peak.rt + 0.12F;
    peak.irt = static_cast<float>(irt);
    return peak;
  }

  library::LibraryView library_;
  std::vector<bool> is_present_;
  std::vector<double> level_;  // log2
};

}  // namespace overland::bench
