// From the abundance of a fragment over all its isotopes to that of its monoisotopic peak.
#pragma once

#include <span>
#include <vector>

#include "library/library.h"

namespace overland::library_build {

// Elements of a neutral fragment.
[[nodiscard]] Composition fragment_composition(const Peptide& peptide, const FragmentIon& ion);

// Share of a fragment that is monoisotopic when the whole isotope pattern of the precursor was
// isolated: the first of its isotope distribution, from its elements.
[[nodiscard]] float monoisotopic_share(const Peptide& peptide, const FragmentIon& ion);

// Those of a list, each series and ordinal computed once.
[[nodiscard]] std::vector<float> monoisotopic_shares(
    const Peptide& peptide, std::span<const library::LibraryPrecursor::Fragment> fragments);

// Intensities, and splines where there are any, from total to monoisotopic.
void to_monoisotopic(library::LibraryPrecursor& precursor);

}  // namespace overland::library_build
