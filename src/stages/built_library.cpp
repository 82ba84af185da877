#include "stages/built_library.h"

#include "base/hash.h"
#include "base/log.h"
#include "library/library.h"
#include "stages/build_library.h"
#include "stages/folder_files.h"

namespace overland {
namespace {

namespace fs = std::filesystem;

// What a build makes of the same inputs; another one when that changes, so that a cache does not
// serve libraries made otherwise. 2: splines are kept, totals become monoisotopic.
constexpr const char* kContent = "2";

// Names what the library is made from, whatever the files are called.
Result<StageKey> key_of(const SearchLibraryBuild& build, const Predictor& predictor,
                        StageStore& store) {
  BuildConfig copy = build.config;
  StageKey key{.stage = "build_library",
               .run = "",
               .inputs = {{"content", kContent}, {"predictor", predictor.identity()}},
               .parameters_hash = hash_text(build_schema(copy).to_json())};
  for (const auto* files : {&build.fasta, &build.contaminants})
    for (const fs::path& file : *files) {
      const auto hash = store.input_hash(file);
      if (!hash) return std::unexpected(hash.error());
      key.inputs[(files == &build.fasta ? "fasta:" : "contaminants:") + *hash] = *hash;
    }
  return key;
}

std::string name_in_cache(const StageKey& key) {
  std::string text = key.parameters_hash;
  for (const auto& [name, hash] : key.inputs) text += "\n" + name + "=" + hash;
  return hash_text(text) + ".lib";
}

Result<void> make(const SearchLibraryBuild& build, const Predictor& predictor,
                  const fs::path& folder, int threads, bool take_existing = false) {
  BuildLibraryOptions options;
  options.fasta = build.fasta;
  options.contaminants = build.contaminants;
  options.folder = folder;
  options.config = build.config;
  options.threads = threads;
  options.overwrite = true;
  options.take_existing = take_existing;
  if (const auto built = build_library(options, predictor); !built)
    return std::unexpected(built.error());
  return {};
}

Result<fs::path> in_cache(const SearchLibraryBuild& build, const Predictor& predictor,
                          const StageKey& key, int threads) {
  const fs::path folder = build.cache / name_in_cache(key);
  if (Library::open(folder)) {
    log_info("library of the same proteins, parameters and predictor found: {}", folder.string());
    return folder;
  }
  if (auto done = make(build, predictor, folder, threads, true); !done)
    return std::unexpected(done.error());
  return folder;
}

}  // namespace

Result<fs::path> built_library(const SearchLibraryBuild& build, const fs::path& out,
                               StageStore& store, int threads) {
  PredictorChoice choice = build.predictor;
  if (choice.koina_cache.empty()) choice.koina_cache = out / "work" / "koina.cache";
  const auto predictor = open_predictor(choice);
  if (!predictor) return std::unexpected(predictor.error());
  const auto key = key_of(build, **predictor, store);
  if (!key) return std::unexpected(key.error());
  if (!build.cache.empty()) return in_cache(build, **predictor, *key, threads);
  const fs::path folder = out / "library.lib";
  if (store.is_current(*key)) return folder;
  if (const auto begun = store.begin(*key); !begun) return std::unexpected(begun.error());
  if (auto done = make(build, **predictor, folder, threads); !done)
    return std::unexpected(done.error());
  if (auto done = store.commit(*key, files_in(folder)); !done) return std::unexpected(done.error());
  return folder;
}

}  // namespace overland
