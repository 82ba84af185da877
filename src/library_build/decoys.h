// Decoys: for each target peptide a sequence that is not in the library, with the intensities,
// retention time and charge of the target, and with fragment m/z calculated from the new sequence.
#pragma once

#include <cstdint>
#include <vector>

#include "library/library.h"

namespace overland::library_build {

struct DecoyReport {
  std::uint64_t made = 0;
  std::uint64_t without_decoy = 0;  // targets left out: no admissible decoy was found
};

// `per_target` decoys for each target (1..16). All modified forms and charges of a target peptide
// share the decoy sequence of an index. The C-terminal residue is fixed. With I = L, a decoy
// never equals a target or another decoy, and most of its fragments differ from the target's. The
// first decoy is a pseudo-reversal if the rules allow it, the others are shuffles. The random
// stream is a hash of the sequence, so results do not depend on order. Sets `pair` on targets and
// decoys.
[[nodiscard]] DecoyReport add_decoys(std::vector<library::LibraryPrecursor>& precursors,
                                     int per_target, std::uint64_t seed);

}  // namespace overland::library_build
