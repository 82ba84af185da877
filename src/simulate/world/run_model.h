// One run: what of each form is injected, when it elutes, how far the mass axis is off.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulate/world/elution.h"
#include "simulate/world/world.h"

namespace overland::simulate {

// Monotone map of retention index to minutes: with u = (irt - low) / (high - low),
//   minutes = shift + first + (last - first) (u + c u (1-u) + s u (1-u) (1-2u)),
// continued linearly outside of 0 <= u <= 1. Monotone since |c| + |s| < 1.
struct RetentionWarp {
  double irt_low = 0, irt_high = 1, first = 0, last = 1, curvature = 0, skew = 0;
  [[nodiscard]] double minutes(double irt) const;
  [[nodiscard]] double at(double u) const;
};

// ppm error by time: offset + drift (a P1(x) + b P2(x)), Legendre polynomials of x in -1..1.
struct MassDrift {
  double offset = 0, linear = 0, quadratic = 0, end_minutes = 1;
  [[nodiscard]] double ppm(double minutes) const;
};

struct RunModel {
  std::uint32_t index = 0, condition = 0, replicate = 0;
  std::string name;
  double loading = 1;      // relative amount
  double width_scale = 1;  // of all peaks
  RetentionWarp warp;
  MassDrift drift;
  std::vector<float> form_area;     // ion current of a form, intensity x minutes; 0: absent
  std::vector<Elution> elution;     // of each form
  std::vector<float> apex_minutes;  // of each form
  std::vector<float> fwhm_minutes;  // of each form
};

[[nodiscard]] RunModel make_run(const SimulationConfig& config, const World& world,
                                std::uint32_t condition, std::uint32_t replicate);

}  // namespace overland::simulate
