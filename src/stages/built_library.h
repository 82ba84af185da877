// The library that a search from FASTA builds for itself, or finds built.
#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "stages/build_config.h"
#include "stages/open_predictor.h"
#include "stages/stage_store.h"

namespace overland {

// What a search builds where nothing else is said: an entrapment for each target, so that its error
// rates can be audited.
[[nodiscard]] inline BuildConfig searched_build() {
  BuildConfig config;
  config.counterparts.entrapments = 1;
  return config;
}

struct SearchLibraryBuild {
  std::vector<std::filesystem::path> fasta = {};
  std::vector<std::filesystem::path> contaminants = {};
  BuildConfig config = searched_build();
  PredictorChoice predictor = {};
  std::filesystem::path cache = {};  // folder of libraries by content; empty: OUT/library.lib
};

// Built when no library is there that was made from the same proteins, parameters and predictor.
// Errors of open_predictor and build_library.
[[nodiscard]] Result<std::filesystem::path> built_library(const SearchLibraryBuild& build,
                                                          const std::filesystem::path& out,
                                                          StageStore& store, int threads);

}  // namespace overland
