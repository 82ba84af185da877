// How noisy the chromatograms of a run are: fitted to what smoothing takes away.
//
// The variance of a point is taken as gain x counting + cv^2 z^2: ion counting (ColumnErrors gives
// its shape, the gain its size) and what varies in proportion, such as the spray.
#pragma once

#include <span>

namespace overland::kernel {

// Of one peak, sums over its points.
struct PeakRoughness {
  double roughness = 0;  // (raw - smoothed)^2, for what smoothing follows: see area_errors.h
  double counting = 0;   // squares of ColumnErrors::counting
  double square = 0;     // z^2
};

struct NoiseModel {
  double gain = 0;  // intensity; 0 when unknown
  double cv = 0;    // of one point
};

// Medians in bins of equal count over counting / square, joined by a line. Few peaks (below 40):
// the gain alone. Peaks without signal are left out.
[[nodiscard]] NoiseModel fit_noise(std::span<const PeakRoughness> peaks);

}  // namespace overland::kernel
