// Retention time of a run to the library's iRT scale.
//
// iRT is fitted as a function of RT, not the other way round: a run may be cut at both ends (a
// slice of a gradient), and cutting on the predictor does not bias a regression. The fit is a
// monotone spline, found twice: again without its outliers. The tolerance comes from the residuals,
// and is wider in the parts of the run where they are.
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
  PiecewiseLinear tolerance_of_rt;  // where it differs over the run; else no knots
  double tolerance = 0;             // iRT units, one side: in most of the run
  double residual_sd = 0;           // robust, iRT units
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
  double min_tolerance_share = 0.005;  // of the library's iRT range
  std::size_t min_linear = 10;         // fewer points: no model, the whole range is searched
  std::size_t min_spline = 120;        // fewer points: a robust line
  std::size_t points_per_region = 150;
  bool is_local = true;  // wider tolerance where residuals are
};

// Whether the library's times fall while the run's rise: Kendall's rank correlation over pairs half
// the sample apart is below -0.5. Such times say nothing, and no model is fitted to them.
[[nodiscard]] bool runs_backwards(std::span<const RtPoint> points);

// `irt_low`, `irt_high`: range of the library. Without a model the tolerance is that whole range.
[[nodiscard]] RtModel fit_rt_model(std::span<const RtPoint> points, double irt_low, double irt_high,
                                   const RtSettings& settings);

}  // namespace overland::calibrate
