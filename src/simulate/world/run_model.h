// Model of one run: the injected amount and the elution of each form, and the mass error.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulate/world/elution.h"
#include "simulate/world/world.h"

namespace overland::simulate {

// Monotone map of retention index to minutes: with u = (irt - low) / (high - low),
//   minutes = shift + first + (last - first) (u + c u (1-u) + s u (1-u) (1-2u)),
// extrapolated linearly outside 0 <= u <= 1. Monotone because |c| + |s| < 1.
struct RetentionWarp {
  double irt_low = 0, irt_high = 1, first = 0, last = 1, curvature = 0, skew = 0;
  [[nodiscard]] double minutes(double irt) const;
  [[nodiscard]] double at(double u) const;
};

// Mass error in ppm as a function of time: offset + linear P1(x) + quadratic P2(x), with Legendre
// polynomials of x in -1..1.
struct MassDrift {
  double offset = 0, linear = 0, quadratic = 0, end_minutes = 1;
  [[nodiscard]] double ppm(double minutes) const;
};

struct RunModel {
  std::uint32_t index = 0, condition = 0, replicate = 0;
  std::string name;
  double loading = 1;      // relative amount of sample
  double width_scale = 1;  // factor of all peak widths
  RetentionWarp warp;
  MassDrift drift;
  std::vector<float> form_area;     // per form: ion current, intensity x minutes; 0: absent
  std::vector<Elution> elution;     // per form
  std::vector<float> apex_minutes;  // per form
  std::vector<float> fwhm_minutes;  // per form
};

[[nodiscard]] RunModel make_run(const SimulationConfig& config, const World& world,
                                std::uint32_t condition, std::uint32_t replicate);

}  // namespace overland::simulate
