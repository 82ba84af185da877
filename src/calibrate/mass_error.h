// Mass error of a run: an offset that may depend on time and on m/z, and the tolerance around it.
//
//   offset(t, m) = f(t) + g(m),  f by medians in bins of time, g a line or by medians in bins of
//   m/z
//
// A term is kept only when it raises the likelihood of errors that it was not fitted to (two halves
// of the identifications, each judging the other's fit).
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
  std::uint32_t group = 0;  // the identification: its matches stay together in one half
};

struct MassErrorModel {
  PiecewiseLinear offset_ppm_of_rt;  // f
  PiecewiseLinear offset_ppm_of_mz;  // g; median 0 over the matches, so f alone is the usual offset
  PpmWindow tolerance{-20, 20};      // around the corrected m/z
  double sd_ppm = 0;                 // of the core, mean of both sides
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
  // Tolerance in standard deviations of its side. Wider than the true matches need: a peak further
  // off is evidence against a candidate, which an empty place is not.
  double sigma = 5.5;
  double min_tolerance_ppm = 3;
  std::size_t min_points = 50;       // fewer: the search window stays as it is
  std::size_t min_side = 10;         // of the core, on each side
  std::size_t points_per_bin = 400;  // over retention time
  std::size_t points_per_mz_bin = 600;
  bool by_rt = true, by_mz = true;
};

// The errors are a core on a uniform background over [window.low, window.high] (random matches), so
// neither the width of the window nor the background inflates the tolerance. Needs a window at
// least as wide as the tolerance on both sides of the offset.
[[nodiscard]] MassErrorModel fit_mass_error(std::span<const MassErrorPoint> points,
                                            PpmWindow window, const MassErrorSettings& settings);

// x - x offset(t, x) / 1e6 for the ascending m/z of one scan; `out` stays ascending.
void correct_mz(const MassErrorModel& model, double rt_minutes, std::span<const float> mz,
                std::span<float> out);

}  // namespace overland::calibrate
