// Retention time of a run to the library's iRT scale.
//
// iRT is fitted as a function of RT, not the other way round: a run may be cut at both ends (a
// slice of a gradient), and cutting on the predictor does not bias a regression. The fit is
// monotone: medians in bins of equal count, pooled where they fall, joined by lines, continued
// linearly.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/units.h"
#include "calibrate/piecewise_linear.h"

namespace overland {

struct RtPoint {
  double rt_minutes = 0;
  double irt = 0;  // of the library
};

struct RtModel {
  PiecewiseLinear irt_of_rt;
  double tolerance = 0;    // iRT units, one side
  double residual_sd = 0;  // robust, iRT units
  std::size_t points = 0;
  std::string method;  // "binned", "linear" or "none": what the data allowed
};

struct RtSettings {
  double sigma = 4;                    // tolerance in robust standard deviations
  double min_tolerance_share = 0.005;  // of the library's iRT range
  std::size_t min_linear = 10;         // fewer points: no model, the whole range is searched
  std::size_t min_binned = 120;        // fewer points: a robust line
};

// `irt_low`, `irt_high`: range of the library. Without a model the tolerance is that whole range.
[[nodiscard]] RtModel fit_rt_model(std::span<const RtPoint> points, double irt_low, double irt_high,
                                   const RtSettings& settings);

}  // namespace overland
