// The isotope pattern of a fragment, given the isotopes of its precursor that the quadrupole
// transmits.
//
// Extra neutrons are distributed over the atoms at random. A fragment with f and its complement
// with c extra neutrons come from the precursor's isotope f + c, and
//   J_f = P_fragment(f) sum_c P_complement(c) T_(f+c)
// is the share of all ions of the precursor that are transmitted and give the fragment with f extra
// neutrons (T_k: transmission of the precursor's isotope k). A window that contains only the
// monoisotopic precursor shows monoisotopic fragments only; a window that contains only M+1 shows
// M+0 of fragments whose complement holds the extra neutron.
#pragma once

#include <array>

#include "chemistry/isotopes.h"

namespace overland::kernel {

using IsotopeTransmission = std::array<double, kIsotopeCount>;  // T_0 .. T_4
inline constexpr IsotopeTransmission kAllIsotopes{1, 1, 1, 1, 1};

// J_0, J_1 and J_2 from the series of fragment and complement, up to four extra neutrons of the
// precursor.
inline constexpr std::size_t kFragmentIsotopes = 3;
[[nodiscard]] std::array<double, kFragmentIsotopes> transmitted_fragment(
    const IsotopeSeries& fragment, const IsotopeSeries& complement,
    const IsotopeTransmission& transmission);

// J_0 and J_1 divided by the J_0 of a fully transmitted precursor, by averagine. Relative values
// need no exponential, so this is fast enough for each fragment of each candidate.
struct FragmentShares {
  float mono = 1;
  float first = 0;
};
[[nodiscard]] FragmentShares fragment_shares(double fragment_mass, double precursor_mass,
                                             const IsotopeTransmission& transmission);

// Share of the precursor's ions that are transmitted: sum_k P_k T_k over sum_k P_k (averagine).
[[nodiscard]] double transmitted_share(double precursor_mass,
                                       const IsotopeTransmission& transmission);

}  // namespace overland::kernel
