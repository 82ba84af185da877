// Converts the abundance of a fragment over all its isotopes to the abundance of its monoisotopic
// peak.
#pragma once

#include <span>
#include <vector>

#include "library/library.h"

namespace overland::library_build {

// Atoms of a neutral fragment.
[[nodiscard]] Composition fragment_composition(const Peptide& peptide, const FragmentIon& ion);

// Monoisotopic share of a fragment if the whole isotope pattern of the precursor is isolated: the
// first value of its isotope distribution, from its atoms.
[[nodiscard]] float monoisotopic_share(const Peptide& peptide, const FragmentIon& ion);

// The shares of a list of fragments; each ion series and ordinal is computed once.
[[nodiscard]] std::vector<float> monoisotopic_shares(
    const Peptide& peptide, std::span<const library::LibraryPrecursor::Fragment> fragments);

// Converts intensities, and splines if present, from total to monoisotopic.
void to_monoisotopic(library::LibraryPrecursor& precursor);

}  // namespace overland::library_build
