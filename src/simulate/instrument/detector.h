// Converts expected ion currents to the peaks of a centroided scan.
#pragma once

#include <vector>

#include "simulate/world/random_streams.h"
#include "simulate/world/settings.h"

namespace overland::simulate {

struct IonPeak {
  double mz = 0;
  double ions = 0;
};

// Peak width m / (R200 sqrt(200 / m)), Th: resolution falls with the square root of m/z, as in an
// Orbitrap.
[[nodiscard]] double peak_width(double mz, double resolution_at_200);

// Merges peaks that are closer than `widths` peak widths to their ion-weighted mean. Precondition:
// `peaks` ascend in m/z. On return they ascend, and no two peaks are closer than `widths` times the
// peak width at the lower m/z.
void coalesce(std::vector<IonPeak>& peaks, double widths, double resolution_at_200);

// Poisson variate by inversion of one uniform number; above a mean of 30, a rounded normal variate.
[[nodiscard]] std::uint64_t draw_poisson(double mean, Rng& rng);
// Replaces each expected number of ions by a Poisson variate, and removes peaks without ions.
void draw_ions(std::vector<IonPeak>& peaks, Rng& rng);

struct DetectorState {
  double ppm_offset = 0;
  double resolution_at_200 = 15000;
  double low_mz = 0, high_mz = 0;
};
// Simulates the detection of one scan: draws ions, adds electronic peaks, sorts, coalesces, applies
// the detection limit, the detector's noise and the mass error. Numbers of ions refer to the scan's
// injection time.
void detect(std::vector<IonPeak>& peaks, const SimulationConfig& config, const DetectorState& state,
            Rng& rng);

}  // namespace overland::simulate
