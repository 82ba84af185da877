// Masses and isotope patterns of all prefixes and suffixes of a peptide, from which the b and y
// ions, their isotopes and the precursor are computed.
#pragma once

#include <array>
#include <vector>

#include "chemistry/isotopes.h"
#include "chemistry/peptide.h"

namespace overland::simulate {

// Transmitted fraction of each of the precursor's isotopes M+0 .. M+4.
using Transmission = std::array<double, kIsotopeCount>;
inline constexpr Transmission kAllTransmitted{1, 1, 1, 1, 1};

[[nodiscard]] IsotopeDistribution convolve(const IsotopeDistribution& a,
                                           const IsotopeDistribution& b);

// Isotope patterns of single residues, computed once. Thread-safe after construction.
class ResidueIsotopes {
 public:
  ResidueIsotopes();
  // Isotopes of residue `index` with its modifications (terminal modifications belong to the first
  // and last residues).
  [[nodiscard]] IsotopeDistribution of(const Peptide& peptide, std::size_t index) const;
  [[nodiscard]] const IsotopeDistribution& water() const { return water_; }

 private:
  std::array<IsotopeDistribution, 26> plain_{};
  IsotopeDistribution water_{}, carbamidomethyl_cysteine_{}, oxidised_methionine_{};
};

class Ladder {
 public:
  // Sets the peptide. Allocated memory is reused.
  void assign(const Peptide& peptide, const ResidueIsotopes& isotopes);
  [[nodiscard]] std::size_t length() const { return prefix_mass_.size() - 1; }
  [[nodiscard]] double neutral_mass() const;
  [[nodiscard]] double precursor_mz(int charge) const;
  [[nodiscard]] double ion_mass(const FragmentIon& ion) const;  // neutral
  [[nodiscard]] double ion_mz(const FragmentIon& ion) const;    // monoisotopic
  [[nodiscard]] const IsotopeDistribution& precursor_isotopes() const { return suffix_[0]; }
  // Probability that a precursor ion passes the quadrupole and its fragment has f extra neutrons.
  // The fragment has f of the precursor's extra neutrons, its complement has the other c:
  //   P(f) = P_fragment(f) sum_c P_complement(c) T(f + c).
  [[nodiscard]] IsotopeDistribution fragment_isotopes(const FragmentIon& ion,
                                                      const Transmission& transmitted) const;

 private:
  std::vector<double> prefix_mass_;          // element i: residues 0 .. i-1
  std::vector<IsotopeDistribution> prefix_;  // element i: residues 0 .. i-1
  std::vector<IsotopeDistribution> suffix_;  // element i: residues i .. length-1 and water
};

}  // namespace overland::simulate
