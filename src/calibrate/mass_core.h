// The errors of true matches around their centre, told apart from random matches.
#pragma once

#include <span>

#include "base/units.h"

namespace overland::calibrate {

// Half of the core lies on either side of the centre, each side with a spread of its own.
struct MassCore {
  double center = 0;               // ppm
  double sd_low = 1, sd_high = 1;  // root mean square distance of each side, ppm
  double share = 0.5;              // of all matches; the rest is uniform over the window
  bool is_laplace = false;         // each side exponential rather than normal
  // Natural logarithm of the density of one error, core and background together.
  [[nodiscard]] double log_density(double ppm, double window_width) const;
};

// Mixture of a two-sided core (normal or Laplace, whichever explains the errors better) and a
// uniform background over the window, by expectation-maximisation; the centre is the core's median.
[[nodiscard]] MassCore fit_mass_core(std::span<const double> ppm, PpmWindow window);

[[nodiscard]] double log_likelihood(std::span<const double> ppm, const MassCore& core,
                                    double window_width);

}  // namespace overland::calibrate
