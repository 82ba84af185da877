// The rules for sequences of decoys and entrapments: how shuffles are drawn, and how much their
// fragments must differ from those of the original peptide.
//
// A fragment has moved if its m/z differs from the same ion of the original by more than any
// extraction window. A sequence with too few moved fragments would match the peaks of the original.
//   - At least half of the fragments that the library keeps must have moved.
//   - The decoys of a proteome are chosen before their spectra are predicted. At that point three
//     quarters of all singly charged b and y ions must have moved; then half of the kept fragments
//     have nearly always moved, too. The first rule is applied once the spectra are known.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "library/library.h"
#include "library_build/shuffled_sequence.h"

namespace overland::library_build {

// After this number of attempts a peptide has no counterpart.
inline constexpr int kMostShuffles = 50;

// Shuffle `attempt`, in [0, kMostShuffles), for counterpart `index` of a sequence. Each has a
// separate random stream, which depends on the seed and the sequence alone.
[[nodiscard]] ResidueOrder shuffle_for(std::string_view residues, std::uint64_t seed, int index,
                                       int attempt);

// Applies the first rule. `kept` are the fragments of the counterpart; only their ions are used.
[[nodiscard]] bool is_unlike(const Peptide& counterpart, const Peptide& original,
                             std::span<const library::LibraryPrecursor::Fragment> kept);
// Applies the second rule to two unmodified sequences of equal length.
[[nodiscard]] bool is_unlike(std::string_view counterpart, std::string_view original);

}  // namespace overland::library_build
