// The competition groups of the error rates, derived from the library. Entrapment labels and names
// are not read; target and decoys of a pair always have the same numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/machine.h"
#include "library/library.h"

namespace overland::identify {

struct CompetitionGroups {
  // Per pair, from its target (from its first decoy if the library has no target). I = L
  // throughout: sequences that differ only by I and L have the same ions and cannot be
  // distinguished.
  PerId<PairId, std::uint32_t> ion;      // equal for pairs with one modified sequence + charge
  PerId<PairId, std::uint32_t> peptide;  // equal for pairs with one modified sequence
  PerId<PairId, std::uint32_t> family;   // equal for pairs with one sequence of residues
  PerId<PairId, std::uint8_t> fold;      // equal for a family
  PerId<PairId, std::uint32_t> own_protein_set;  // row of the library's protein sets
  // Protein set of the pair. Values >= the library's number of protein sets index `merged_sets`,
  // used if the pairs of one family have different protein sets.
  PerId<PairId, std::uint32_t> protein_set;
  std::vector<std::vector<std::uint32_t>> merged_sets;  // rows of the library's protein sets
  // 0 for a target, otherwise the number of the decoy in its pair, from 1.
  PerId<PrecursorId, std::uint8_t> member;
};

[[nodiscard]] CompetitionGroups competition_groups(const library::LibraryView& library,
                                                   const Machine& machine);
// Fold of each pair, from a hash of the residues of the target's peptide (I = L), so that all its
// forms and charges and their decoys are in the same fold.
[[nodiscard]] std::vector<std::uint8_t> folds_of_pairs(const library::LibraryView& library,
                                                       const Machine& machine);

// A modified sequence with I replaced by L, and its residues without modifications.
struct FoldedSequence {
  std::string modified, residues;
};
[[nodiscard]] FoldedSequence folded(std::string_view modified_sequence);

// Splits a list joined by ';'.
[[nodiscard]] std::vector<std::string_view> split_names(std::string_view list);

// The library's proteins, numbered in alphabetical order, and their genes.
struct ProteinCatalogue {
  std::vector<std::string_view> accession;           // ascending
  std::vector<std::vector<std::uint32_t>> set;       // proteins of each set, then of merged_sets
  std::vector<std::vector<std::string_view>> genes;  // per protein, see protein_catalogue
};
// The library lists the genes of a protein set without assigning them to proteins. A protein gets
// the genes that occur in all of its sets.
[[nodiscard]] ProteinCatalogue protein_catalogue(const library::LibraryView& library,
                                                 const CompetitionGroups& competition);

}  // namespace overland::identify
