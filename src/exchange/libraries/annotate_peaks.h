// Annotates peaks: finds the fragment ion of a peak by its m/z, among the b and y ions of the
// peptide.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "chemistry/peptide.h"

namespace overland::exchange {

// Tolerance between a peak and its ion: the wider of the two values.
struct PeakTolerance {
  double ppm = 20;
  double th = 0;
};
inline constexpr PeakTolerance kAccurate{.ppm = 20, .th = 0};  // Orbitrap, TOF, predicted spectra
inline constexpr PeakTolerance kIonTrap{.ppm = 0, .th = 0.35};

// All b and y ions of a peptide with up to min(3, precursor charge) charges, by m/z.
class IonLadder {
 public:
  void assign(const Peptide& peptide, int precursor_charge);
  // The nearest ion; of equally near ions the one of lower charge, then y before b.
  [[nodiscard]] std::optional<FragmentIon> nearest(double mz, PeakTolerance tolerance) const;
  // Distance to the nearest ion in Th; empty if no ion is within `limit`.
  [[nodiscard]] std::optional<double> distance(double mz, double limit) const;

 private:
  struct Rung {
    double mz;
    FragmentIon ion;
  };
  std::vector<Rung> rungs_;
};

// The tolerance for a library, from the distances of its strong peaks to their nearest ions (within
// 0.5 Th): a median above 12 ppm indicates an ion trap. Reorders `distances_ppm`.
[[nodiscard]] PeakTolerance tolerance_of(std::span<double> distances_ppm);

}  // namespace overland::exchange
