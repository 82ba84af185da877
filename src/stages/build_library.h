// FASTA files to a NAME.lib folder: digestion, forms, predictions, entrapments, decoys. Streamed in
// blocks of peptides: memory does not grow with the library, an interrupted build is taken up by
// the same command, and the bytes do not depend on the number of threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/error.h"
#include "base/machine.h"
#include "library_build/counterparts.h"
#include "library_build/library_block.h"
#include "library_build/merge_blocks.h"
#include "params/build_config.h"
#include "predict/predictor.h"

namespace overland::stages {

struct BuildLibraryOptions {
  std::vector<std::filesystem::path> fasta = {};
  std::vector<std::filesystem::path> contaminants = {};  // FASTA; accessions get the prefix Cont_
  std::filesystem::path folder = {};                     // NAME.lib
  params::BuildConfig config = {};
  Machine machine = {};
  bool overwrite = false;
  bool take_existing = false;  // builds nothing where another process has made it meanwhile
};

struct BuiltLibrary {
  library_build::ProteomeReport proteome;
  std::uint64_t proteins = 0, peptides = 0, shared_peptides = 0;  // shared: in several proteins
  library_build::CounterpartReport counterparts;
  library_build::BlockCounts counts;
  library_build::MergedLibrary merged;
  std::uint64_t blocks = 0, blocks_found = 0;  // found: of an earlier, interrupted call
  std::uint64_t bytes = 0;                     // of the folder
};

// One process at a time builds into a folder; others wait for it. Errors OVL-USE-010..012
// (output_guard.h), OVL-CFG-110..114, those of Proteome::read and of the predictor, OVL-IO-002,
// OVL-LIB-033 (nothing is left to put into the library), OVL-RES-003 (the disk is too small).
[[nodiscard]] Result<BuiltLibrary> build_library(const BuildLibraryOptions& options,
                                                 const predict::Predictor& predictor);

}  // namespace overland::stages
