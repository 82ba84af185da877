// From an open library back to a list that can be changed: to add decoys, or to export.
#pragma once

#include <vector>

#include "library/library.h"

namespace overland {

// Errors OVL-LIB-010 (a modified sequence that cannot be read).
[[nodiscard]] Result<std::vector<LibraryPrecursor>> expand_targets(const LibraryView& library);

}  // namespace overland
