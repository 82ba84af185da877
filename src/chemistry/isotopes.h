// Isotope distributions of peptides from their elemental composition.
#pragma once

#include <array>
#include <cstddef>

#include "chemistry/peptide.h"

namespace overland {

inline constexpr std::size_t kIsotopeCount = 5;
// Probability of 0..4 extra neutrons; the sum is <= 1 (the rest are heavier isotopes).
using IsotopeDistribution = std::array<float, kIsotopeCount>;

// Convolution of the elements' natural isotopes (IUPAC 2013), exact for the first five peaks.
[[nodiscard]] IsotopeDistribution isotope_distribution(const Composition& composition);
// For a mass alone: the averagine model (Senko et al. 1995).
[[nodiscard]] IsotopeDistribution averagine_distribution(double neutral_mass);

}  // namespace overland
