// Transmission of the quadrupole around an isolation window of any width.
//
// On either side of the window's centre, with x the distance from it,
//   T(x) = 1 / (1 + (x / a)^(2b)),  a = half the nominal width + offset,
// so that T = 1/2 at `offset` outside the nominal limit. b follows from the edge width e, over
// which T falls from 0.9 to 0.1: e = 2 a sinh(ln 9 / (2b)). Because the parameters describe the
// edges, one model applies to windows of every width.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "calibrate/model_origin.h"
#include "kernel/isotope_transmission.h"

namespace overland::calibrate {

struct QuadrupoleEdge {
  double offset_mz = 0;   // Th, positive outwards
  double width_mz = 0.4;  // Th; 0: a step
  bool operator==(const QuadrupoleEdge&) const = default;
};

struct QuadrupoleModel {
  QuadrupoleEdge low, high;
  std::size_t rows = 0;    // fragment isotope ratios near an edge used for the fit
  double residual_sd = 0;  // robust SD of the residuals of ln ratios
  QuadrupoleMethod method = QuadrupoleMethod::bell;
};

// The model applied to one isolation window.
class WindowTransmission {
 public:
  WindowTransmission(const QuadrupoleModel& model, double low_mz, double high_mz);
  [[nodiscard]] double at(double mz) const;
  [[nodiscard]] kernel::IsotopeTransmission isotopes(double mz, double spacing) const;
  // T < 1e-3 outside [low_reach(), high_reach()], Th.
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

// Ratio of two neighbouring isotopes of one fragment, from a confident identification whose
// precursor isotopes lie near an edge of the isolation window.
struct SplitIsotopeRow {
  enum class Seen : std::uint8_t { both, lighter_only, heavier_only };
  double low_mz = 0, high_mz = 0;  // nominal limits
  double precursor_mz = 0;         // monoisotopic
  double spacing = 0;              // distance of the precursor's isotopes, Th
  std::uint8_t isotope = 0;        // j of the pair (j, j+1)
  Seen seen = Seen::both;          // if one only, the other is below the limit of detection
  double log_ratio = 0;            // ln (I(j+1) / I(j)); its bound if one isotope is missing
  double variance = 0;             // of log_ratio, from ion statistics
  double own_ratio = 0;            // P(j+1) / P(j) of the fragment
  std::array<double, kIsotopeCount> complement{};  // P(c) / P(0) of the complementary fragment
};

// ln of the isotope ratio that the model predicts.
[[nodiscard]] double expected_log_ratio(const SplitIsotopeRow& row, const QuadrupoleModel& model);

struct QuadrupoleSettings {
  std::size_t min_rows = 200;          // minimum number of rows near either edge
  std::size_t min_rows_per_side = 50;  // minimum number of rows near each edge
  double scatter = 0.2;                // SD of ln ratios in addition to ion statistics
  double offset_prior_sd = 0.25;       // Th; the prior mean is 0
  double log_width_prior_sd = 0.8;     // the prior mean is ln of the default width
  double largest_offset = 0.5;         // Th; fits with a larger offset are rejected
};

// Maximum-a-posteriori fit with a Cauchy loss per row, because an interfering ion can make one
// isotope too intense by any factor. Censored rows (one isotope missing) contribute only if the
// predicted ratio is on the wrong side of their bound. Returns the default model if there are too
// few rows or the result is implausible.
[[nodiscard]] QuadrupoleModel fit_quadrupole(std::span<const SplitIsotopeRow> rows,
                                             const QuadrupoleSettings& settings);

}  // namespace overland::calibrate
