// Makes the stored precursors of peptides: forms, charges, predictions, selected fragments, and for
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

// The source of a decoy's fragments, intensities and iRT.
enum class DecoySpectra : std::uint8_t {
  own,    // predicted for the decoy's sequence
  target  // copied from the peptide it was made from, at the decoy's m/z
};

struct BlockRules {
  FormRules forms;
  CounterpartRules counterparts;
  DecoySpectra decoy_spectra = DecoySpectra::own;
  FragmentRules fragments;
  int min_charge = 2, max_charge = 4;
  double min_mz = 390, max_mz = 1010;  // Th, of precursors
  double nce = 27;                     // normalised collision energy, per cent
  // If true, a peptide that the predictor does not support is predicted with its carbamidomethyl
  // and oxidation modifications only; if false, it is left out.
  bool ignores_unknown_modifications = true;
};

// The common input of all blocks.
struct BlockSource {
  const Proteome& proteome;
  const PeptideTable& table;
  const Counterparts& counterparts;
  const predict::Predictor& predictor;
  const BlockRules& rules;
};

// Makes the block of peptides [first, last) of the table. The precursors of a peptide do not depend
// on the division into blocks or on threads; a target, its entrapments and all their decoys are
// stored together or not at all. Errors of the predictor.
[[nodiscard]] Result<LibraryBlock> make_block(const BlockSource& source, std::size_t first,
                                              std::size_t last);

// Upper bound on the number of target precursors of a block, without predictions; for planning.
[[nodiscard]] std::uint64_t count_target_precursors(const BlockSource& source, std::size_t first,
                                                    std::size_t last);

}  // namespace overland::library_build
