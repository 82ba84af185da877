// The library a search uses: a NAME.lib folder, or a table imported on the way; decoys are made
// where it has none, several per target where the runs are small.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/machine.h"
#include "library/library.h"
#include "params/search_config.h"
#include "stages/stage_store.h"

namespace overland::stages {

// Decoys per target. With T identifications the least possible q-value is 1 / (k T), so small runs
// (few scans, few identifications) get several: their cost is small too.
[[nodiscard]] int choose_decoys_per_target(const params::LibraryParameters& parameters,
                                           std::uint64_t ms2_scans);

// The files of a folder, sorted by name. Precondition: the folder exists.
[[nodiscard]] std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder);

// Content hash of an input: of a NAME.lib its own, else of the file or of all files of a folder.
// Errors OVL-IO-001, those of Library::open.
[[nodiscard]] Result<std::string> source_hash(const std::filesystem::path& source,
                                              StageStore& store);

struct LibrarySource {
  std::filesystem::path path;
  std::string hash;
};
// Writes `made` when the source has to be imported, lacks decoys, or has fewer of Overland's making
// than `decoys_per_target`; false when it can be searched as it is.
// Errors OVL-LIB-023 (no targets), those of Library::open and import_with_warnings.
[[nodiscard]] Result<bool> make_library_for_search(const LibrarySource& source,
                                                   int decoys_per_target,
                                                   const params::LibraryParameters& parameters,
                                                   const std::filesystem::path& made,
                                                   const Machine& machine);

}  // namespace overland::stages
