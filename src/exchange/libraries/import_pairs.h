// Order and pairs of imported precursors.
#pragma once

#include <string>
#include <vector>

#include "library/library.h"

namespace overland::exchange {

// Sorts by (modified sequence, charge, target before decoy), so that nothing depends on the order
// of the file's rows, and numbers the pairs 0 .. n-1: one per target, shared with its decoys. A
// decoy belongs to the target whose name in the file is its own without "DECOY_", else to the first
// target of its charge with the same residues and modifications in another order that has no decoy
// yet; a decoy of no target gets a pair of its own. `names`: one per precursor, may be empty.
// An entrapment's partner is a target of its charge, residues and modifications.
void sort_and_pair(std::vector<library::LibraryPrecursor>& precursors,
                   std::vector<std::string>& names);

}  // namespace overland::exchange
