// Transmission of the quadrupole: a generalised bell with soft edges. On each side of the centre
//   T(m) = 1 / (1 + |(m - centre) / a|^(2b)),  a = half the nominal width + shift,
// so that T = 1/2 at `shift` outside the nominal limit. b follows from the edge width e, over which
// T falls from 0.9 to 0.1:  e = 2 a sinh(ln 9 / (2 b)).
#pragma once

#include <array>

#include "base/units.h"

namespace overland::simulate {

struct AcquisitionSettings;

// Edges in Th; a width of 0 gives hard edges.
struct QuadrupoleEdges {
  double low_width = 0, high_width = 0;
  double low_shift = 0, high_shift = 0;  // positive outwards
};
[[nodiscard]] QuadrupoleEdges edges_of(const AcquisitionSettings& settings);

class Quadrupole {
 public:
  Quadrupole(MzRange window, const QuadrupoleEdges& edges);
  [[nodiscard]] double transmission(double mz) const;
  // The range outside which less than 0.1 % is transmitted.
  [[nodiscard]] MzRange reach() const { return reach_; }
  [[nodiscard]] MzRange window() const { return window_; }

 private:
  struct Side {
    double half_width = 0, two_b = 0;
  };
  MzRange window_, reach_{};
  double centre_;
  std::array<Side, 2> sides_;
};

}  // namespace overland::simulate
