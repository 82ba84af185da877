// The backbone of one peptide: masses and isotope patterns of all its prefixes and suffixes, from
// which b and y ions, their isotopes and the whole precursor follow.
#pragma once

#include <array>
#include <vector>

#include "chemistry/isotopes.h"
#include "chemistry/peptide.h"

namespace overland::simulate {

// Fraction of each of the precursor's isotopes M+0 .. M+4 that the quadrupole lets through.
using Transmission = std::array<double, kIsotopeCount>;
inline constexpr Transmission kAllTransmitted{1, 1, 1, 1, 1};

[[nodiscard]] IsotopeDistribution convolve(const IsotopeDistribution& a,
                                           const IsotopeDistribution& b);

// Isotopes of single residues, computed once. Thread-safe after construction.
class ResidueIsotopes {
 public:
  ResidueIsotopes();
  // Of residue `index` with the modifications on it (terminal ones belong to the end residues).
  [[nodiscard]] IsotopeDistribution of(const Peptide& peptide, std::size_t index) const;
  [[nodiscard]] const IsotopeDistribution& water() const { return water_; }

 private:
  std::array<IsotopeDistribution, 26> plain_{};
  IsotopeDistribution water_{}, carbamidomethyl_cysteine_{}, oxidised_methionine_{};
};

class Ladder {
 public:
  // Keeps its memory, so that one ladder serves many peptides.
  void assign(const Peptide& peptide, const ResidueIsotopes& isotopes);
  [[nodiscard]] std::size_t length() const { return prefix_mass_.size() - 1; }
  [[nodiscard]] double neutral_mass() const;
  [[nodiscard]] double precursor_mz(int charge) const;
  [[nodiscard]] double ion_mass(const FragmentIon& ion) const;  // neutral
  [[nodiscard]] double ion_mz(const FragmentIon& ion) const;    // monoisotopic
  [[nodiscard]] const IsotopeDistribution& precursor_isotopes() const { return suffix_[0]; }
  // Probability that a precursor ion passes the quadrupole AND its fragment carries f extra
  // neutrons. The fragment takes f of the precursor's p, its complement the rest:
  //   P(f) = P_fragment(f) sum_c P_complement(c) T(f + c).
  [[nodiscard]] IsotopeDistribution fragment_isotopes(const FragmentIon& ion,
                                                      const Transmission& transmitted) const;

 private:
  std::vector<double> prefix_mass_;          // residues 0 .. i-1
  std::vector<IsotopeDistribution> prefix_;  // likewise
  std::vector<IsotopeDistribution> suffix_;  // residues i .. length-1 and water
};

}  // namespace overland::simulate
