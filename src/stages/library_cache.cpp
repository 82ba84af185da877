#include "stages/library_cache.h"

#include "base/files/hash.h"
#include "library/library.h"
#include "stages/build_library.h"

namespace overland::stages {
namespace {

namespace fs = std::filesystem;

// What a build makes of the same inputs; another one when that changes, so that a cache does not
// serve libraries made otherwise. 2: splines are kept, totals become monoisotopic.
constexpr const char* kContent = "2";

Result<void> make(const SearchLibraryBuild& build, const predict::Predictor& predictor,
                  const fs::path& folder, const Machine& machine, bool take_existing) {
  BuildLibraryOptions options;
  options.fasta = build.fasta;
  options.contaminants = build.contaminants;
  options.folder = folder;
  options.config = build.config;
  options.machine = machine;
  options.overwrite = true;
  options.take_existing = take_existing;
  if (const auto built = build_library(options, predictor); !built)
    return std::unexpected(built.error());
  return {};
}

}  // namespace

// What the library is made from, whatever the files are called.
Result<std::map<std::string, std::string>> build_inputs(const SearchLibraryBuild& build,
                                                        StageStore& store, const Machine& machine) {
  const auto predictor = train::open_predictor(build.predictor, machine);
  if (!predictor) return std::unexpected(predictor.error());
  std::map<std::string, std::string> inputs{{"content", kContent},
                                            {"predictor", (*predictor)->identity()}};
  for (const auto* files : {&build.fasta, &build.contaminants})
    for (const fs::path& file : *files) {
      const auto hash = store.input_hash(file);
      if (!hash) return std::unexpected(hash.error());
      inputs[(files == &build.fasta ? "fasta:" : "contaminants:") + *hash] = *hash;
    }
  return inputs;
}

fs::path place_in_cache(const SearchLibraryBuild& build,
                        const std::map<std::string, std::string>& inputs) {
  params::BuildConfig copy = build.config;
  std::string text = hash_text(params::build_schema(copy).to_json());
  for (const auto& [name, hash] : inputs) text += "\n" + name + "=" + hash;
  return build.cache / (hash_text(text) + ".lib");
}

Result<void> build_for_search(const SearchLibraryBuild& build, const fs::path& folder,
                              const Machine& machine) {
  if (!build.cache.empty() && library::Library::open(folder, machine)) {
    machine.info("library of the same proteins, parameters and predictor found: {}",
                 folder.string());
    return {};
  }
  const auto predictor = train::open_predictor(build.predictor, machine);
  if (!predictor) return std::unexpected(predictor.error());
  return make(build, **predictor, folder, machine, !build.cache.empty());
}

}  // namespace overland::stages
