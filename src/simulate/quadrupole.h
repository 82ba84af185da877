// Transmission of the quadrupole: a generalised bell with soft edges.
//   T(m) = 1 / (1 + |(m - centre) / a|^(2b)),  a = half the nominal width,
// so T = 1/2 at the nominal limits; b follows from the edge width e, over which T falls from 0.9
// to 0.1:  e = 2 a sinh(ln 9 / (2 b)).
#pragma once

#include "base/units.h"

namespace overland::sim {

class Quadrupole {
 public:
  // edge_width in Th; 0 gives hard edges.
  Quadrupole(MzRange window, double edge_width);
  [[nodiscard]] double transmission(double mz) const;
  // Outside of it less than 0.1 % is transmitted.
  [[nodiscard]] MzRange reach() const { return reach_; }
  [[nodiscard]] MzRange window() const { return window_; }

 private:
  MzRange window_, reach_{};
  double centre_, half_width_, two_b_ = 0;
};

}  // namespace overland::sim
