// From an open library back to a list that can be changed: to add decoys, or to export.
#pragma once

#include <vector>

#include "library/library.h"

namespace overland::exchange {

// One precursor with all that the library tells of it; with splines where it has some.
// Errors OVL-LIB-010 (a modified sequence that cannot be read).
[[nodiscard]] Result<library::LibraryPrecursor> expand_precursor(
    const library::LibraryView& library, std::uint32_t precursor);

// Errors OVL-LIB-010.
[[nodiscard]] Result<std::vector<library::LibraryPrecursor>> expand_targets(
    const library::LibraryView& library);

}  // namespace overland::exchange
