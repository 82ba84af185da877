// From expected ion currents to the peaks of a centroided scan.
#pragma once

#include <vector>

#include "simulate/world/random_streams.h"
#include "simulate/world/settings.h"

namespace overland::simulate {

struct IonPeak {
  double mz = 0;
  double ions = 0;
};

// Resolving power falls with the root of m/z, as in an Orbitrap: width = m / (R200 sqrt(200 / m)).
[[nodiscard]] double peak_width(double mz, double resolution_at_200);

// Merges neighbours nearer than `widths` peak widths to their ion-weighted mean. In: ascending in
// m/z. Out: ascending, no two nearer than `widths` x peak_width(of the lower one).
void coalesce(std::vector<IonPeak>& peaks, double widths, double resolution_at_200);

// Inversion with one uniform number, a rounded normal above a mean of 30.
[[nodiscard]] std::uint64_t draw_poisson(double mean, Rng& rng);
// Each expected number becomes a Poisson number; peaks without ions disappear.
void draw_ions(std::vector<IonPeak>& peaks, Rng& rng);

struct DetectorState {
  double ppm_offset = 0;
  double resolution_at_200 = 15000;
  double low_mz = 0, high_mz = 0;
};
// The whole path: draws ions, adds electronic peaks, sorts, coalesces, applies the detection limit,
// the detector's noise and the mass error. Ions are of that scan's injection time.
void detect(std::vector<IonPeak>& peaks, const SimulationConfig& config, const DetectorState& state,
            Rng& rng);

}  // namespace overland::simulate
