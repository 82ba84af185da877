// The collision energy at which the spectra of a spline library fit a run best.
//
//   NCE(m, z) = s min(m, 500) + g z + c,  m = precursor m/z, within the library's range
//
// For each confident precursor, the energy with the highest similarity is found on a grid and
// refined by a parabola. The curvature of the parabola is the precursor's weight in a robust linear
// fit of s, g and c.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "calibrate/model_origin.h"

namespace overland::calibrate {

struct EnergyPoint {
  double mz = 0;
  double energy = 0;  // NCE with the highest similarity
  double weight = 1;
  int charge = 0;
};

struct EnergyModel {
  double slope = 0;          // s, NCE per Th
  double per_charge = 0;     // g
  double constant = 0;       // c
  double low = 0, high = 0;  // range of the library, NCE
  double quality = 0;        // robust SD of the residuals, NCE
  std::size_t points = 0;
  EnergyMethod method = EnergyMethod::none;  // none: too few points, or a library without splines
  ModelSource source = ModelSource::preset;
  [[nodiscard]] double at(double mz, int charge) const;
};

struct EnergySettings {
  std::size_t min_plane = 500;
  std::size_t min_constant = 50;
  std::size_t min_per_charge = 50;  // g is fitted if at least two charges have this many points
};

struct BestEnergy {
  double energy = 0;
  double curvature = 0;  // decrease of the similarity per NCE^2, > 0
};

// Precondition: `energies` are evenly spaced. Empty if the highest similarity is at the first or
// last energy (the maximum may lie outside) or if the profile is flat.
[[nodiscard]] std::optional<BestEnergy> best_energy(std::span<const double> energies,
                                                    std::span<const double> similarity);

// `fallback`: the energy of the model if the data do not allow a fit, NCE.
[[nodiscard]] EnergyModel fit_energy(std::span<const EnergyPoint> points, double fallback,
                                     double low, double high, const EnergySettings& settings);

}  // namespace overland::calibrate
