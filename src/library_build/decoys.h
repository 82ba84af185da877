// Decoys: for each target peptide a sequence that is not in the library, with the target's
// intensities, retention time and charge, and fragments re-derived from the new sequence.
#pragma once

#include <cstdint>
#include <vector>

#include "library/library.h"

namespace overland::library_build {

struct DecoyReport {
  std::uint64_t made = 0;
  std::uint64_t without_decoy =
      0;  // targets whose every shuffle collides: left out together with the target
};

// `per_target` decoys for each target (1..16). One decoy sequence per target peptide and index,
// reused for all its modification forms and charges; C-terminal residue fixed; never equal (I = L)
// to a target, nor to another decoy, and differing from its target in most fragments. The first is
// a pseudo-reversal where that is admissible, the others shuffles; the random stream is a hash of
// the sequence, so results do not depend on order. Sets `pair` on targets and decoys.
[[nodiscard]] DecoyReport add_decoys(std::vector<library::LibraryPrecursor>& precursors,
                                     int per_target, std::uint64_t seed);

}  // namespace overland::library_build
