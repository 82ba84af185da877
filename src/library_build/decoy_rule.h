// Which sequences may stand in for a peptide, as its decoys and entrapments: where shuffles come
// from, and how far from the peptide their fragments must lie.
//
// A fragment has moved when its m/z differs from the original's same ion by more than any
// extraction window. A sequence with too few moved fragments would share the original's evidence.
//   - Of the fragments that a library keeps of it, at least half must have moved.
//   - A proteome's decoys are chosen before their spectra are predicted. There, three quarters of
//     all singly charged b and y ions must have moved; of those that are kept later, half nearly
//     always have then, and the first rule is asked once they are known.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "library/library.h"
#include "library_build/shuffled_sequence.h"

namespace overland::library_build {

// After these a peptide has no counterpart.
inline constexpr int kMostShuffles = 50;

// Shuffle `attempt`, in [0, kMostShuffles), for counterpart `index` of a sequence. All have random
// streams of their own, which depend on the seed and the sequence alone.
[[nodiscard]] ResidueOrder shuffle_for(std::string_view residues, std::uint64_t seed, int index,
                                       int attempt);

// `kept`: the counterpart's fragments, of which the ions count.
[[nodiscard]] bool is_unlike(const Peptide& counterpart, const Peptide& original,
                             std::span<const library::LibraryPrecursor::Fragment> kept);
// Of all ions of two unmodified sequences of one length.
[[nodiscard]] bool is_unlike(std::string_view counterpart, std::string_view original);

}  // namespace overland::library_build
