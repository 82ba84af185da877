// Masses and natural isotopes of the elements of peptides, each in one place.
// Source: NIST atomic weights and isotopic compositions (AME 2012/2016 masses, IUPAC 2013
// abundances).
#pragma once

#include <array>

#include "chemistry/peptide.h"

namespace overland {

// Monoisotopic masses, Da.
inline constexpr double kCarbonMass = 12.0;
inline constexpr double kHydrogenMass = 1.00782503223;
inline constexpr double kNitrogenMass = 14.00307400443;
inline constexpr double kOxygenMass = 15.99491461957;
inline constexpr double kSulfurMass = 31.9720711744;
inline constexpr double kPhosphorusMass = 30.97376199842;
inline constexpr double kSodiumMass = 22.9897692820;
inline constexpr double kPotassiumMass = 38.9637064864;
// Labels.
inline constexpr double kCarbon13Mass = 13.00335483507;
inline constexpr double kNitrogen15Mass = 15.00010889888;
inline constexpr double kDeuteriumMass = 2.01410177812;
inline constexpr double kOxygen18Mass = 17.99915961286;

// Fraction of atoms with 0..4 extra neutrons.
using IsotopeAbundance = std::array<double, 5>;
inline constexpr IsotopeAbundance kCarbonIsotopes{0.9893, 0.0107, 0, 0, 0};
inline constexpr IsotopeAbundance kHydrogenIsotopes{0.999885, 0.000115, 0, 0, 0};
inline constexpr IsotopeAbundance kNitrogenIsotopes{0.99636, 0.00364, 0, 0, 0};
inline constexpr IsotopeAbundance kOxygenIsotopes{0.99757, 0.00038, 0.00205, 0, 0};
inline constexpr IsotopeAbundance kSulfurIsotopes{0.9499, 0.0075, 0.0425, 0, 0.0001};

// Da; counts may be negative.
[[nodiscard]] constexpr double monoisotopic_mass(const Composition& atoms) {
  return atoms.carbon * kCarbonMass + atoms.hydrogen * kHydrogenMass +
         atoms.nitrogen * kNitrogenMass + atoms.oxygen * kOxygenMass + atoms.sulfur * kSulfurMass +
         atoms.phosphorus * kPhosphorusMass;
}

// Atoms of an average peptide of this mass (averagine; Senko et al. 1995). The number of hydrogens
// is chosen so that the mass agrees to within half a hydrogen. Negative masses give negative
// counts.
[[nodiscard]] Composition averagine_composition(double neutral_mass);

}  // namespace overland
