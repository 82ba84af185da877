// Chromatographic peaks: the exponentially modified Gaussian (EMG), the convolution of a Gaussian
// (sigma) with an exponential decay (tau). The functions do not use libm, so that their results are
// the same on every machine.
#pragma once

#include <array>

namespace overland::simulate {

// exp(x^2) erfc(x) for x >= 0; relative error below 1e-12.
[[nodiscard]] double scaled_erfc(double x);

struct Elution {
  double mu = 0;     // minutes, centre of the Gaussian
  double sigma = 1;  // minutes, > 0
  double tau = 1;    // minutes, > 0

  // Density per minute; the integral over time is 1 (Kalambet et al. 2011, both stable forms).
  [[nodiscard]] double density(double minutes) const;
  // Less than 1e-4 of the area is outside [start, stop].
  [[nodiscard]] double start() const { return mu - 4 * sigma; }
  [[nodiscard]] double stop() const { return mu + 4 * sigma + 9 * tau; }
};

// Table of apex, width and height of EMGs by the ratio tau / sigma; errors below 1e-4 sigma.
class ElutionShape {
 public:
  ElutionShape();
  struct Values {
    double apex_offset;  // apex - mu
    double fwhm;         // full width at half maximum
    double apex_density;
  };
  [[nodiscard]] Values at(double sigma, double tau) const;

 private:
  static constexpr int kPoints = 600;
  static constexpr double kLowestLogRatio = -4, kHighestLogRatio = 4;
  std::array<Values, kPoints> table_{};  // for sigma = 1
};

}  // namespace overland::simulate
