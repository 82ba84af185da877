// Writes the library from the blocks of a build, in one pass in the order of m/z.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/machine.h"
#include "library_build/library_block.h"
#include "library_build/peptide_table.h"

namespace overland::library_build {

struct MergeOptions {
  int entrapments = 0;  // number with which the blocks were made
  Machine machine = {};
  std::function<void(std::uint64_t)> tick = [](std::uint64_t) {};  // precursors written
};

struct MergedLibrary {
  std::uint64_t precursors = 0, fragments = 0, protein_sets = 0;
};

// Writes all precursors of the blocks. The bytes do not depend on the division into blocks. The
// accessions and genes of an entrapment get a suffix: P12345_ENT1. Errors of LibraryWriter,
// OVL-LIB-032 (more than 2^32 precursors), OVL-LIB-034 (blocks with different intensity forms).
[[nodiscard]] Result<MergedLibrary> merge_blocks(std::span<const MappedBlock> blocks,
                                                 const Proteome& proteome,
                                                 const PeptideTable& table,
                                                 const MergeOptions& options,
                                                 const library::LibraryProvenance& provenance,
                                                 const std::filesystem::path& folder);

}  // namespace overland::library_build
