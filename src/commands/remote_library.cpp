#include "commands/remote_library.h"

#include "io/store/staging.h"
#include "io/store/store_uri.h"
#include "stages/search_library.h"

namespace overland::commands {
namespace {

namespace fs = std::filesystem;
constexpr const char* kLibraryFile = "library.json";

Result<void> check_absent(const std::string& uri, const Machine& machine) {
  const auto is_there = io::object_exists(io::uri_below(uri, kLibraryFile), machine);
  if (!is_there) return std::unexpected(is_there.error());
  if (!*is_there) return {};
  return fail("OVL-USE-012", "the output exists already", io::without_secrets(uri),
              "Give --overwrite to replace it, or another place with --out.");
}

}  // namespace

Result<void> make_library_at(const LibraryPlace& place,
                             const std::function<Result<void>(const fs::path& folder)>& make) {
  const std::string uri = place.folder.native();
  if (!io::is_uri(uri)) return make(place.folder);
  if (!place.overwrite)
    if (auto done = check_absent(uri, place.machine); !done) return done;
  const io::Staging staging(place.staging, place.machine);
  const fs::path folder = staging.output(uri);
  std::error_code ignored;
  fs::remove_all(folder, ignored);  // of a command whose upload was broken off
  if (auto done = make(folder); !done) return done;
  std::vector<fs::path> files;
  for (const fs::path& file : stages::files_in(folder)) files.push_back(file.filename());
  if (auto done = staging.upload_folder(folder, uri, {.files = files, .last = kLibraryFile}); !done)
    return done;
  fs::remove_all(folder, ignored);
  place.machine.info("library: {}", io::without_secrets(uri));
  return {};
}

}  // namespace overland::commands
