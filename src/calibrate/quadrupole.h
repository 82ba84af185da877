// Which share of an ion the quadrupole lets through, around an isolation window of any width.
//
// On either side of the window's centre, with x the distance from it,
//   T(x) = 1 / (1 + (x / a)^(2b)),  a = half the nominal width + offset,
// so half is transmitted `offset` outside of the nominal limit, and b follows from the edge width
// e, over which T falls from 0.9 to 0.1: e = 2 a sinh(ln 9 / (2b)). Stated by edges, one model
// holds for windows of every width.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "calibrate/model_origin.h"
#include "kernel/isotope_transmission.h"

namespace overland::calibrate {

struct QuadrupoleEdge {
  double offset_mz = 0;   // Th, outwards
  double width_mz = 0.4;  // Th; 0: a square edge
  bool operator==(const QuadrupoleEdge&) const = default;
};

struct QuadrupoleModel {
  QuadrupoleEdge low, high;
  std::size_t rows = 0;    // fragment isotope ratios near an edge that it was fitted from
  double residual_sd = 0;  // robust, of ln ratios
  QuadrupoleMethod method = QuadrupoleMethod::bell;
};

// The model at one window.
class WindowTransmission {
 public:
  WindowTransmission(const QuadrupoleModel& model, double low_mz, double high_mz);
  [[nodiscard]] double at(double mz) const;
  [[nodiscard]] kernel::IsotopeTransmission isotopes(double mz, double spacing) const;
  // T < 1e-3 outside of it.
  [[nodiscard]] double low_reach() const { return centre_ - sides_[0].reach; }
  [[nodiscard]] double high_reach() const { return centre_ + sides_[1].reach; }

 private:
  struct Side {
    double inverse_a = 1, two_b = 0, inner = 0, reach = 0;  // T = 1 up to inner, 0 beyond reach
  };
  static Side make_side(const QuadrupoleEdge& edge, double half_width);
  double centre_;
  std::array<Side, 2> sides_;
};

// The ratio of two neighbouring isotopes of one fragment of a sure identification whose precursor
// isotopes lie near an edge.
struct SplitIsotopeRow {
  enum class Seen : std::uint8_t { both, lighter_only, heavier_only };
  double low_mz = 0, high_mz = 0;  // nominal limits
  double precursor_mz = 0;         // monoisotopic
  double spacing = 0;              // Th, of its isotopes
  std::uint8_t isotope = 0;        // j of the pair (j, j+1)
  Seen seen = Seen::both;          // one only: the other is below the limit of detection
  double log_ratio = 0;            // ln (intensity of j+1 over that of j); the bound where one
                                   // is missing
  double variance = 0;             // of it, by ion statistics
  double own_ratio = 0;            // the fragment's P(j+1) / P(j)
  std::array<double, kIsotopeCount> complement{};  // P(c) / P(0) of its complement
};

// ln of the ratio that the model expects.
[[nodiscard]] double expected_log_ratio(const SplitIsotopeRow& row, const QuadrupoleModel& model);

struct QuadrupoleSettings {
  std::size_t min_rows = 200;          // near an edge, both together
  std::size_t min_rows_per_side = 50;  // otherwise the fallback
  double scatter = 0.2;                // SD of ln ratios beyond ion statistics
  double offset_prior_sd = 0.25;       // Th, around 0
  double log_width_prior_sd = 0.8;     // around ln of the default width
  double largest_offset = 0.5;         // Th; beyond it a fit is not believed
};

// Maximum a posteriori with a Cauchy loss on single rows (an interfering ion makes one isotope
// too strong, by any factor); censored rows pull only when the model is on the wrong side of their
// bound. Too few rows or an implausible result: the default model.
[[nodiscard]] QuadrupoleModel fit_quadrupole(std::span<const SplitIsotopeRow> rows,
                                             const QuadrupoleSettings& settings);

}  // namespace overland::calibrate
