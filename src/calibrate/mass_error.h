// Mass error of a run: an offset that may depend on time and on m/z, and the tolerance around it.
//
//   offset(t, m) = f(t) + g(m)
// with f from medians in bins of time, and g a line or from medians in bins of m/z. A term is kept
// only if it raises the held-out likelihood: the identifications are divided into two halves, and
// the fit to one half is evaluated on the other.
#pragma once

#include <cstdint>
#include <span>

#include "base/units.h"
#include "calibrate/mass_core.h"
#include "calibrate/model_origin.h"
#include "calibrate/piecewise_linear.h"

namespace overland::calibrate {

struct MassErrorPoint {
  double rt_minutes = 0;
  double ppm = 0;  // (observed - theoretical) / theoretical x 1e6
  double mz = 0;
  std::uint32_t group = 0;  // identification; all its matches are in the same half
};

struct MassErrorModel {
  PiecewiseLinear offset_ppm_of_rt;  // f
  PiecewiseLinear offset_ppm_of_mz;  // g; its median over the matches is 0, so f is the offset
  PpmWindow tolerance{-20, 20};      // around the corrected m/z
  double sd_ppm = 0;                 // SD of the core, mean of both sides
  double quality = 0;                // share of the core among the matches, 0..1
  std::size_t points = 0;
  MassMethod method = MassMethod::none;
  ModelSource source = ModelSource::preset;
  [[nodiscard]] double offset_at(double rt_minutes) const { return offset_ppm_of_rt(rt_minutes); }
  [[nodiscard]] double offset_at(double rt_minutes, double mz) const {
    return offset_ppm_of_rt(rt_minutes) + offset_ppm_of_mz(mz);
  }
};

struct MassErrorSettings {
  // Tolerance in standard deviations of each side. It is wider than true matches require, because a
  // peak at a larger error is evidence against a candidate and the absence of a peak is not.
  double sigma = 5.5;
  double min_tolerance_ppm = 3;
  std::size_t min_points = 50;       // with fewer points the search window is kept as tolerance
  std::size_t min_side = 10;         // minimum number of core points on each side
  std::size_t points_per_bin = 400;  // bins of retention time
  std::size_t points_per_mz_bin = 600;
  bool by_rt = true, by_mz = true;
};

// The errors are modelled as a core on a uniform background of random matches in [window.low,
// window.high], so that neither the window's width nor the background inflates the tolerance.
// Precondition: on both sides of the offset the window is at least as wide as the tolerance.
[[nodiscard]] MassErrorModel fit_mass_error(std::span<const MassErrorPoint> points,
                                            PpmWindow window, const MassErrorSettings& settings);

// out = x - x offset(t, x) / 1e6 for each m/z x of one scan. Precondition: `mz` ascends; so does
// `out`.
void correct_mz(const MassErrorModel& model, double rt_minutes, std::span<const float> mz,
                std::span<float> out);

}  // namespace overland::calibrate
