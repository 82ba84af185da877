// Which fragment ion a peak without a name is: by its m/z, among the b and y ions of the peptide.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "chemistry/peptide.h"

namespace overland::exchange {

// How far a peak may be from its ion: the wider of the two.
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
  // The nearest ion; of equally near ones that of fewer charges, then y.
  [[nodiscard]] std::optional<FragmentIon> nearest(double mz, PeakTolerance tolerance) const;
  // Distance to the nearest ion in Th; nothing when none is within `limit`.
  [[nodiscard]] std::optional<double> distance(double mz, double limit) const;

 private:
  struct Rung {
    double mz;
    FragmentIon ion;
  };
  std::vector<Rung> rungs_;
};

// From the distances in ppm of strong peaks to the ions nearest to them (within 0.5 Th): a median
// above 12 ppm is that of an ion trap. `distances` is put into another order.
[[nodiscard]] PeakTolerance tolerance_of(std::span<double> distances_ppm);

}  // namespace overland::exchange
