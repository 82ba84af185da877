// From peptides to stored precursors: forms, charges, predictions, the choice of fragments, and for
// each target its entrapments and decoys.
#pragma once

#include <cstddef>
#include <cstdint>

#include "library_build/choose_fragments.h"
#include "library_build/counterparts.h"
#include "library_build/library_block.h"
#include "library_build/peptide_forms.h"
#include "predict/predictor.h"

namespace overland::library_build {

// Where a decoy's fragments, intensities and iRT come from.
enum class DecoySpectra : std::uint8_t {
  own,    // predicted for the decoy's sequence
  target  // those of the peptide that it was made of, at the decoy's m/z
};

struct BlockRules {
  FormRules forms;
  CounterpartRules counterparts;
  DecoySpectra decoy_spectra = DecoySpectra::own;
  FragmentRules fragments;
  int min_charge = 2, max_charge = 4;
  double min_mz = 390, max_mz = 1010;  // Th, of precursors
  double nce = 27;                     // normalised collision energy, per cent
  // A peptide that the predictor does not take is predicted without the modifications other than
  // carbamidomethyl and oxidation; else it is left out.
  bool ignores_unknown_modifications = true;
};

// What all blocks are made of.
struct BlockSource {
  const Proteome& proteome;
  const PeptideTable& table;
  const Counterparts& counterparts;
  const predict::Predictor& predictor;
  const BlockRules& rules;
};

// Peptides [first, last) of the table. The same whatever the blocks and whoever calls; a target,
// its entrapments and all their decoys are stored together or not at all. Errors of the predictor.
[[nodiscard]] Result<LibraryBlock> make_block(const BlockSource& source, std::size_t first,
                                              std::size_t last);

// How many precursors of targets a block will have at most: for the plan, without predictions.
[[nodiscard]] std::uint64_t count_target_precursors(const BlockSource& source, std::size_t first,
                                                    std::size_t last);

}  // namespace overland::library_build
