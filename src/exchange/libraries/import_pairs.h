// Order and pairs of imported precursors.
#pragma once

#include <string>
#include <vector>

#include "library/library.h"

namespace overland::exchange {

// Sorts by (modified sequence, charge, target before decoy), so that results do not depend on the
// order of the rows in the file, and numbers the pairs 0 .. n-1: one per target, shared with its
// decoys. A decoy belongs to the target whose name in the file equals the decoy's name without
// its mark; otherwise to the first target without a decoy that has the same charge and the same
// residues and modifications in another order. A decoy without a target gets a separate pair.
// `names` has one name per precursor, which may be empty. The partner of an entrapment is a target
// with the same charge, residues and modifications.
void sort_and_pair(std::vector<library::LibraryPrecursor>& precursors,
                   std::vector<std::string>& names);

}  // namespace overland::exchange
