// Identifies the fragment in a server's reply, by its name or by Altimeter's ion number.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "chemistry/peptide.h"

namespace overland::koina {

// Parses y5+1 and b11+2 (Prosit, AlphaPeptDeep: charge after '+'), b11 and y5^2 (UniSpec: charge
// after '^'). Empty for ions with a loss, gain or isotope (y5-H2O, b3+CO, y5^2+2i), and for other
// series, precursors, internal and immonium ions.
[[nodiscard]] std::optional<FragmentIon> parse_ion_name(std::string_view name);

// `number` is the line in Altimeter's ion dictionary, from 0. Empty for precursor and immonium ions
// and for numbers outside the dictionary.
[[nodiscard]] std::optional<FragmentIon> altimeter_ion(std::int64_t number);

}  // namespace overland::koina
