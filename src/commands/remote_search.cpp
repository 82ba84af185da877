#include "commands/remote_search.h"

#include <algorithm>

#include "io/store/staging.h"
#include "io/store/store_uri.h"

namespace overland::commands {
namespace {

namespace fs = std::filesystem;

constexpr const char* kManifest = "manifest.json";

// All inputs of a search, with the places where they are named.
class RemoteInputs {
 public:
  RemoteInputs(stages::SearchOptions& options, const io::Staging& staging)
      : options_(options), staging_(staging) {}

  Result<void> download() {
    for (auto* files : {&options_.runs, &options_.build.fasta, &options_.build.contaminants})
      for (fs::path& file : *files)
        if (auto done = replace(file); !done) return done;
    if (auto done = replace(options_.library); !done) return done;
    fs::path predictor = options_.build.predictor.name;  // a model file, or the name of another one
    if (auto done = replace(predictor); !done) return done;
    options_.build.predictor.name = predictor.native();
    return {};
  }

 private:
  Result<void> replace(fs::path& input) {
    const auto known = options_.uris.find(input.native());
    const std::string source = known == options_.uris.end() ? input.native() : known->second;
    if (!io::is_uri(source)) return {};
    const auto copy = staging_.input(source);
    if (!copy) return std::unexpected(copy.error());
    const auto expected = options_.expected_hashes.find(input.native());
    if (expected != options_.expected_hashes.end())
      options_.expected_hashes[copy->native()] = expected->second;
    options_.uris[copy->native()] = io::without_secrets(source);
    input = *copy;
    return {};
  }

  stages::SearchOptions& options_;
  const io::Staging& staging_;
};

Result<void> check_separate(const stages::SearchOptions& options) {
  const std::string& out = options.out.native();
  for (const fs::path& input : stages::inputs_of(options)) {
    if (!io::is_uri(input.native())) continue;
    const bool is_below = io::is_same_or_below(input.native(), out);
    if (is_below && io::is_same_or_below(out, input.native()))
      return fail("OVL-USE-010", "the output is one of the inputs", io::without_secrets(out),
                  "Give another place with --out.");
    if (is_below || io::is_same_or_below(out, input.native()))
      return fail("OVL-USE-011",
                  "the output and the input " + io::without_secrets(input.native()) +
                      " contain one another",
                  io::without_secrets(out), "Give a separate folder with --out.");
  }
  return {};
}

// Stages map .arrow files into memory; they can be large, and only the same search needs them.
bool is_uploaded(const fs::path& file, const params::ResultsFolder& folder) {
  const std::string name = file.filename().native();
  if (name.ends_with(".lock") || name.find(".part") != std::string::npos) return false;
  const fs::path below_work = file.lexically_relative(folder.work());
  if (below_work.empty() || *below_work.begin() == "..") return true;
  return file.extension() != ".arrow" && file != folder.known_hashes() &&
         file != folder.koina_cache();
}

std::vector<fs::path> uploaded_files(const params::ResultsFolder& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder.root()))
    if (entry.is_regular_file() && is_uploaded(entry.path(), folder))
      files.push_back(entry.path().lexically_relative(folder.root()));
  std::ranges::sort(files);
  return files;
}

}  // namespace

Result<void> check_local(const stages::SearchOptions& options, const std::string& what) {
  std::vector<fs::path> places = stages::inputs_of(options);
  places.push_back(options.out);
  places.emplace_back(options.build.predictor.name);
  const auto uri = std::ranges::find_if(
      places, [](const fs::path& place) { return io::is_uri(place.native()); });
  if (uri == places.end()) return {};
  return fail("OVL-USE-017", what, io::without_secrets(uri->native()),
              "Give local files and folders.");
}

Result<stages::SearchOptions> with_local_files(const stages::SearchOptions& options) {
  stages::SearchOptions local = options;
  if (io::is_uri(options.out.native())) {
    if (auto done = check_separate(options); !done) return std::unexpected(done.error());
  }
  const io::Staging staging(options.staging, options.machine);
  if (auto done = RemoteInputs(local, staging).download(); !done)
    return std::unexpected(done.error());
  if (io::is_uri(options.out.native())) local.out = staging.output(options.out.native());
  return local;
}

Result<void> upload_results(const stages::SearchOptions& local, const std::string& uri) {
  const params::ResultsFolder folder(local.out);
  const io::Staging staging(local.staging, local.machine);
  const auto done = staging.upload_folder(folder.root(), uri,
                                          {.files = uploaded_files(folder), .last = kManifest});
  if (done) local.machine.info("results: {}", io::without_secrets(uri));
  return done;
}

Result<void> check_uploaded_results(const std::string& uri, const Machine& machine) {
  return io::check_complete(uri, kManifest, machine);
}

}  // namespace overland::commands
