// Maps the retention time (RT) of a run to the library's iRT scale.
//
// iRT is fitted as a function of RT and not the reverse, because a run may contain only a part of
// the gradient, and truncating the independent variable does not bias a regression. The monotone
// spline is fitted twice, the second time without outliers. The tolerance is estimated from the
// residuals and is wider in parts of the run with wider residuals.
#pragma once

#include <span>
#include <vector>

#include "base/units.h"
#include "calibrate/model_origin.h"
#include "calibrate/piecewise_linear.h"

namespace overland::calibrate {

struct RtPoint {
  double rt_minutes = 0;
  double irt = 0;  // of the library
};

struct RtModel {
  PiecewiseLinear irt_of_rt;
  PiecewiseLinear tolerance_of_rt;  // local tolerance; no knots if it is the same in the whole run
  double tolerance = 0;             // iRT units, one-sided; the general tolerance of the run
  double residual_sd = 0;           // robust SD, iRT units
  double quality = 0;               // share of the points within the tolerance, 0..1
  std::size_t points = 0;
  RtMethod method = RtMethod::none;
  ModelSource source = ModelSource::preset;

  [[nodiscard]] double tolerance_at(double rt_minutes) const {
    return tolerance_of_rt.knots_x().empty() ? tolerance : tolerance_of_rt(rt_minutes);
  }
};

struct RtSettings {
  double sigma = 4;                    // tolerance in robust standard deviations
  double min_tolerance_share = 0.005;  // minimum tolerance as a share of the library's iRT range
  std::size_t min_linear = 10;         // with fewer points no model; the whole range is searched
  std::size_t min_spline = 120;        // with fewer points a robust line instead of a spline
  std::size_t points_per_region = 150;
  bool is_local = true;  // wider tolerance where the residuals are wider
};

// Whether the library's iRT decreases with the run's RT: Kendall's rank correlation over pairs that
// are half the sample apart is below -0.5. No model is fitted to such points.
[[nodiscard]] bool runs_backwards(std::span<const RtPoint> points);

// `irt_low`, `irt_high`: iRT range of the library, which is the tolerance if no model is fitted.
[[nodiscard]] RtModel fit_rt_model(std::span<const RtPoint> points, double irt_low, double irt_high,
                                   const RtSettings& settings);

}  // namespace overland::calibrate
