// What competes with what: the units of the error rates, as the library gives them. Labels
// (entrapment, names) are not read; target and decoy of a pair share everything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "library/library.h"

namespace overland::identify {

struct ScoringUnits {
  // Per pair, of its target (of its first decoy where a library has none). I = L throughout: what
  // differs by these alone has the same ions, so it is one thing that was or was not seen.
  std::vector<std::uint32_t> ion;              // pairs of one modified sequence and charge share it
  std::vector<std::uint32_t> peptide;          // pairs of one modified sequence share it
  std::vector<std::uint32_t> family;           // pairs of one sequence of residues share it
  std::vector<std::uint8_t> fold;              // equal for a family
  std::vector<std::uint32_t> own_protein_set;  // row of the library's proteins
  std::vector<std::uint32_t> protein_set;      // the same; from the library's end: of
  std::vector<std::vector<std::uint32_t>> merged_sets;  // rows, where a family has several
  // Per precursor: 0 for a target, else the number of the decoy in its pair, from 1.
  std::vector<std::uint8_t> member;
};

[[nodiscard]] ScoringUnits scoring_units(const library::LibraryView& library, int threads);
// Which fold a pair belongs to: by the residues of the target's peptide (I = L), so that all its
// forms and charges and their decoys stand on one side of every training.
[[nodiscard]] std::vector<std::uint8_t> folds_of_pairs(const library::LibraryView& library,
                                                       int threads);

// A modified sequence with I written as L, and its residues alone.
struct FoldedSequence {
  std::string modified, residues;
};
[[nodiscard]] FoldedSequence folded(std::string_view modified_sequence);

// The entries of a list joined by ';'.
[[nodiscard]] std::vector<std::string_view> split_names(std::string_view list);

// Proteins of the library as numbers in alphabetical order, and what is known of their genes.
struct ProteinCatalogue {
  std::vector<std::string_view> accession;           // ascending
  std::vector<std::vector<std::uint32_t>> set;       // per protein set, then merged: ascending
  std::vector<std::vector<std::string_view>> genes;  // per protein, see below
};
// The library joins the genes of a set without saying whose they are. A protein's genes are those
// that all of its sets have.
[[nodiscard]] ProteinCatalogue protein_catalogue(const library::LibraryView& library,
                                                 const ScoringUnits& units);

}  // namespace overland::identify
