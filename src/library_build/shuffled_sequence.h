// Permutations of a peptide's residues, for decoys and entrapments. The last residue keeps its
// position.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "chemistry/peptide.h"

namespace overland::library_build {

// Residue i of the new sequence is residue order[i] of the old one.
using ResidueOrder = std::vector<std::uint32_t>;

// Replaces I by L, so that sequences that mass spectrometry cannot distinguish are equal.
[[nodiscard]] std::string fold_isoleucine(std::string residues);

[[nodiscard]] ResidueOrder unchanged_order(std::size_t length);
[[nodiscard]] ResidueOrder reversed_but_last(std::size_t length);
[[nodiscard]] ResidueOrder shuffled_but_last(std::size_t length, Rng random);

[[nodiscard]] std::string permuted(std::string_view residues, const ResidueOrder& order);
// Side-chain modifications move with their residue; terminal modifications keep their position.
[[nodiscard]] Peptide permuted(const Peptide& peptide, const ResidueOrder& order);

}  // namespace overland::library_build
