// Isotope distributions of peptides from their elemental composition.
#pragma once

#include <array>
#include <cstddef>

#include "chemistry/peptide.h"

namespace overland {

inline constexpr std::size_t kIsotopeCount = 5;
// Probability of 0..4 extra neutrons; the sum is <= 1 (the rest are heavier isotopes).
using IsotopeDistribution = std::array<float, kIsotopeCount>;

// Convolution of the natural isotope distributions of the elements (IUPAC 2013), exact for the
// first five peaks.
[[nodiscard]] IsotopeDistribution isotope_distribution(const Composition& composition);
// From the mass alone, by the averagine model (Senko et al. 1995).
[[nodiscard]] IsotopeDistribution averagine_distribution(double neutral_mass);

// ln sum_k p_k x^k as a power series in x, where p_k is the probability of k extra neutrons;
// element 0 is ln p_0. Atoms are independent, so the series of a molecule is the sum of the series
// of its parts, and the averagine series is proportional to mass. The series of a fragment and its
// complement therefore need a few multiplications only.
using IsotopeSeries = std::array<double, kIsotopeCount>;
[[nodiscard]] IsotopeSeries isotope_series(const Composition& composition);
[[nodiscard]] IsotopeSeries averagine_series(double neutral_mass);
// p_k / p_0.
[[nodiscard]] std::array<double, kIsotopeCount> relative_isotopes(const IsotopeSeries& series);

}  // namespace overland
