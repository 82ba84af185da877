// Which isotopes a fragment shows, given which isotopes of its precursor the quadrupole let
// through.
//
// Extra neutrons lie on atoms at random, so a fragment with f of them and its complement with c
// came from the precursor's isotope f + c, and
//   J_f = P_fragment(f) sum_c P_complement(c) T_(f+c)
// is the share of all the precursor's ions that passed and gave the fragment with f extra neutrons
// (T_k: transmission at the precursor's isotope k). A window that holds only the monoisotopic
// precursor shows monoisotopic fragments alone; one that holds only M+1 shows M+0 of the fragments
// whose complement took the neutron.
#pragma once

#include <array>

#include "chemistry/isotopes.h"

namespace overland::kernel {

using IsotopeTransmission = std::array<double, kIsotopeCount>;  // T_0 .. T_4
inline constexpr IsotopeTransmission kAllIsotopes{1, 1, 1, 1, 1};

// J_0, J_1, J_2 from the series of fragment and complement. Truncated after the precursor's fourth
// extra neutron.
inline constexpr std::size_t kFragmentIsotopes = 3;
[[nodiscard]] std::array<double, kFragmentIsotopes> transmitted_fragment(
    const IsotopeSeries& fragment, const IsotopeSeries& complement,
    const IsotopeTransmission& transmission);

// J_0 and J_1 over the J_0 of a precursor that passes whole. Averagine, relative: no exponential,
// for use per fragment of each candidate.
struct FragmentShares {
  float mono = 1;
  float first = 0;
};
[[nodiscard]] FragmentShares fragment_shares(double fragment_mass, double precursor_mass,
                                             const IsotopeTransmission& transmission);

// Share of the precursor's ions that pass: sum_k P_k T_k over sum_k P_k (averagine).
[[nodiscard]] double transmitted_share(double precursor_mass,
                                       const IsotopeTransmission& transmission);

}  // namespace overland::kernel
