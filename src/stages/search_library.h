// The library a search uses: a NAME.lib folder, or a table imported on the way; decoys are made
// where it has none, several per target where the runs are small.
#pragma once

#include <filesystem>

#include "library/library.h"
#include "stages/search_config.h"
#include "stages/stage_store.h"

namespace overland {

// Decoys per target. With T identifications the least possible q-value is 1 / (k T), so small runs
// (few scans, few identifications) get several: their cost is small too.
[[nodiscard]] int choose_decoys_per_target(const SearchConfig& config, std::size_t ms2_scans);

// Opens `source`; makes work/library/library.lib when it has to be imported, lacks decoys, or has
// fewer of Overland's making than this search wants.
// Errors OVL-LIB-023 (no targets), those of Library::open and import_library.
[[nodiscard]] Result<Library> open_search_library(const std::filesystem::path& source,
                                                  const SearchConfig& config, std::size_t ms2_scans,
                                                  StageStore& store);

}  // namespace overland
