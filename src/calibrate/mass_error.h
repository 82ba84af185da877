// Mass error of a run: offset that may drift over the run, and the tolerance around it.
#pragma once

#include <span>
#include <string>

#include "base/units.h"
#include "calibrate/piecewise_linear.h"

namespace overland {

struct MassErrorPoint {
  double rt_minutes = 0;
  double ppm = 0;  // (observed - theoretical) / theoretical x 1e6
};

struct MassErrorModel {
  PiecewiseLinear offset_ppm_of_rt;
  PpmWindow tolerance{-20, 20};  // around the corrected m/z
  double sd_ppm = 0;             // of the core
  std::size_t points = 0;
  std::string method;  // "drift", "constant" or "none"
  [[nodiscard]] double offset_at(double rt_minutes) const { return offset_ppm_of_rt(rt_minutes); }
};

struct MassErrorSettings {
  double sigma = 3.5;  // tolerance in standard deviations of the core
  double min_tolerance_ppm = 3;
  std::size_t min_points = 50;       // fewer: the search window stays as it is
  std::size_t points_per_bin = 400;  // for the drift over retention time
};

// The errors are a normal core on a uniform background over [window.low, window.high] (random
// matches); expectation-maximisation separates them, so neither the width of the window nor the
// background inflates the tolerance.
[[nodiscard]] MassErrorModel fit_mass_error(std::span<const MassErrorPoint> points,
                                            PpmWindow window, const MassErrorSettings& settings);

}  // namespace overland
