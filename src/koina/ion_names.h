// Which fragment an answer speaks of: by name, or by Altimeter's number.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "chemistry/peptide.h"

namespace overland::koina {

// y5+1 and b11+2 (Prosit, AlphaPeptDeep: charge after '+'), b11 and y5^2 (UniSpec: charge after
// '^'). Nothing for ions with a loss, a gain or an isotope (y5-H2O, b3+CO, y5^2+2i), and for other
// series, precursors, internal and immonium ions.
[[nodiscard]] std::optional<FragmentIon> parse_ion_name(std::string_view name);

// The number is the line of Altimeter's ion dictionary, from 0. Nothing for precursor and immonium
// ions and for numbers outside it.
[[nodiscard]] std::optional<FragmentIon> altimeter_ion(std::int64_t number);

}  // namespace overland::koina
