// The collision energy at which a library of splines describes a run best.
//
//   NCE(m, z) = s min(m, 500) + g z + c,  m = precursor m/z, within the library's range
//
// Each sure precursor says which energy suits its own spectrum (the top of a parabola through the
// best of a grid); how sharp its top is, is its weight in a robust linear fit.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "calibrate/model_origin.h"

namespace overland::calibrate {

struct EnergyPoint {
  double mz = 0;
  double energy = 0;  // best for this precursor
  double weight = 1;
  int charge = 0;
};

struct EnergyModel {
  double slope = 0;          // s, NCE per Th
  double per_charge = 0;     // g
  double constant = 0;       // c
  double low = 0, high = 0;  // of the library
  double quality = 0;        // robust SD of the residuals, NCE
  std::size_t points = 0;
  EnergyMethod method = EnergyMethod::none;  // none: too few points, or a plain library
  ModelSource source = ModelSource::preset;
  [[nodiscard]] double at(double mz, int charge) const;
};

struct EnergySettings {
  std::size_t min_plane = 500;
  std::size_t min_constant = 50;
  std::size_t min_per_charge = 50;  // in two charges at least, for a term of charge
};

struct BestEnergy {
  double energy = 0;
  double curvature = 0;  // fall of the similarity per NCE^2, > 0
};

// `energies` evenly spaced; nothing when the best is the first or last (the top lies outside) or
// the profile is flat.
[[nodiscard]] std::optional<BestEnergy> best_energy(std::span<const double> energies,
                                                    std::span<const double> similarity);

// `fallback`: what to search with when the data do not allow a fit.
[[nodiscard]] EnergyModel fit_energy(std::span<const EnergyPoint> points, double fallback,
                                     double low, double high, const EnergySettings& settings);

}  // namespace overland::calibrate
