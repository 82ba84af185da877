// The library of a search from FASTA: built by the search, or found in the library cache.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/machine.h"
#include "params/build_config.h"
#include "stages/stage_store.h"
#include "train/open_predictor.h"

namespace overland::stages {

// The default of a search: one entrapment per target, so that the error rates can be audited.
[[nodiscard]] inline params::BuildConfig searched_build() {
  params::BuildConfig config;
  config.counterparts.entrapments = 1;
  return config;
}

struct SearchLibraryBuild {
  std::vector<std::filesystem::path> fasta = {};
  std::vector<std::filesystem::path> contaminants = {};
  params::BuildConfig config = searched_build();
  train::PredictorChoice predictor = {};
  std::filesystem::path cache = {};  // folder of libraries by content; empty: OUT/library.lib
};

// Hashes of the inputs of the library: FASTA files, contaminants, predictor. Errors of
// open_predictor, OVL-IO-001.
[[nodiscard]] Result<std::map<std::string, std::string>> build_inputs(
    const SearchLibraryBuild& build, StageStore& store, const Machine& machine);
// The folder in the cache for a library that is made from these inputs.
[[nodiscard]] std::filesystem::path place_in_cache(
    const SearchLibraryBuild& build, const std::map<std::string, std::string>& inputs);
// Builds the library `folder`, unless it is in the cache already. Errors of open_predictor and
// build_library.
[[nodiscard]] Result<void> build_for_search(const SearchLibraryBuild& build,
                                            const std::filesystem::path& folder,
                                            const Machine& machine);

}  // namespace overland::stages
