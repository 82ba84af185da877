// Converts an open library to a list of precursors that can be changed, to add decoys or to export
// it.
#pragma once

#include <vector>

#include "library/library.h"

namespace overland::exchange {

// One precursor with all its data, including splines if the library has them. Errors OVL-LIB-010 (a
// modified sequence that cannot be read).
[[nodiscard]] Result<library::LibraryPrecursor> expand_precursor(
    const library::LibraryView& library, std::uint32_t precursor);

// Errors OVL-LIB-010.
[[nodiscard]] Result<std::vector<library::LibraryPrecursor>> expand_targets(
    const library::LibraryView& library);

}  // namespace overland::exchange
