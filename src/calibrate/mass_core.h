// Separates the mass errors of true matches (the core) from those of random matches.
#pragma once

#include <span>

#include "base/units.h"

namespace overland::calibrate {

// Half of the core lies on either side of the centre; the two sides have separate spreads.
struct MassCore {
  double center = 0;               // ppm
  double sd_low = 1, sd_high = 1;  // root mean square distance from the centre of each side, ppm
  double share = 0.5;              // core's share of all matches; the rest is uniform in the window
  bool is_laplace = false;         // each side is exponential (true) or half normal (false)
  // Natural logarithm of the density of core plus background at one error.
  [[nodiscard]] double log_density(double ppm, double window_width) const;
};

// Fits a mixture of a two-sided core (normal or Laplace, whichever has the higher likelihood) and a
// uniform background over the window by expectation-maximisation. The centre is the core's median.
[[nodiscard]] MassCore fit_mass_core(std::span<const double> ppm, PpmWindow window);

[[nodiscard]] double log_likelihood(std::span<const double> ppm, const MassCore& core,
                                    double window_width);

}  // namespace overland::calibrate
