// Noise model of the chromatograms of a run, fitted to the residuals of smoothing.
//
// The variance of a point is gain * counting^2 + cv^2 z^2: ion counting (ColumnErrors::counting,
// with the gain as a common factor) and variation in proportion to the intensity, such as of the
// spray.
#pragma once

#include <span>

namespace overland::kernel {

// Sums over the points of one peak.
struct PeakRoughness {
  double roughness = 0;  // squared noise: u^2 / f of area_errors.h
  double counting = 0;   // squares of ColumnErrors::counting
  double square = 0;     // z^2
};

struct NoiseModel {
  double gain = 0;  // intensity; 0 when unknown
  double cv = 0;    // coefficient of variation of one point
};

// Fits a line to the medians of roughness / square in bins of equal count over counting / square.
// With fewer than 40 peaks only the gain is fitted. Peaks without signal are left out.
[[nodiscard]] NoiseModel fit_noise(std::span<const PeakRoughness> peaks);

}  // namespace overland::kernel
