#include "io/store/staging.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/files/file_lock.h"
#include "base/files/hash.h"
#include "base/progress.h"
#include "base/summary.h"
#include "io/store/object_store.h"
#include "io/store/staging_record.h"
#include "io/store/store_uri.h"

namespace overland::io {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// One input: a lock, a record, and the files of one URI.
class StagedInput {
 public:
  StagedInput(fs::path folder, std::string uri, const Machine& machine)
      : folder_(std::move(folder)),
        record_file_(folder_.native() + ".json"),
        shown_(without_secrets(uri)),
        path_(folder_ / name_in_uri(uri)),
        uri_(std::move(uri)),
        machine_(machine) {}

  // Makes the copy as the store has the objects now.
  Result<fs::path> update();

 private:
  [[nodiscard]] fs::path file_of(const StoredObject& object) const {
    return object.name.empty() ? path_ : path_ / object.name;
  }
  [[nodiscard]] Result<void> check_names(const std::vector<StoredObject>& objects) const;
  [[nodiscard]] bool is_current(const StoredObject& object) const;
  [[nodiscard]] Result<void> check_room(std::uint64_t bytes) const;
  [[nodiscard]] Result<void> drop_others(const std::vector<StoredObject>& objects);
  [[nodiscard]] Result<void> download(const ObjectStore& store, const StoredObject& object);

  fs::path folder_, record_file_;
  std::string shown_;
  fs::path path_;
  std::string uri_;
  Machine machine_;
  StagingRecord record_;
};

// A key may be any text; one that would lie outside of the folder, or nowhere, is not accepted.
Result<void> StagedInput::check_names(const std::vector<StoredObject>& objects) const {
  for (const StoredObject& object : objects) {
    const fs::path name(object.name);
    const bool has_dots =
        std::ranges::any_of(name, [](const fs::path& part) { return part == ".." || part == "."; });
    if (has_dots || name.is_absolute() || object.name.find('\0') != std::string::npos)
      return fail("OVL-IO-141", "the name of an object is not that of a file: " + object.name,
                  shown_, "Name the object itself, or rename it.");
  }
  return {};
}

bool StagedInput::is_current(const StoredObject& object) const {
  const auto known = record_.find(object.name);
  std::error_code failed;
  return known != record_.end() && known->second == object &&
         fs::file_size(file_of(object), failed) == object.size && !failed;
}

Result<void> StagedInput::check_room(std::uint64_t bytes) const {
  std::error_code failed;
  const fs::space_info space = fs::space(folder_, failed);
  if (failed || bytes < space.available) return {};
  return fail("OVL-IO-146",
              fmt::format("{} are needed for a local copy of {}, and {} are free",
                          memory_text(bytes), shown_, memory_text(space.available)),
              folder_.string(), "Free disk space, or give another folder with --stage-dir.");
}

// Files of objects that are no longer there.
Result<void> StagedInput::drop_others(const std::vector<StoredObject>& objects) {
  const std::size_t before = record_.size();
  std::erase_if(record_, [&](const auto& known) {
    const bool is_there =
        std::ranges::find(objects, known.first, &StoredObject::name) != objects.end();
    std::error_code ignored;
    if (!is_there) fs::remove(file_of(known.second), ignored);
    return !is_there;
  });
  return record_.size() == before ? Result<void>() : write_record(record_, shown_, record_file_);
}

Result<void> StagedInput::download(const ObjectStore& store, const StoredObject& object) {
  std::error_code ignored;
  if (object.name.empty() && fs::is_directory(path_, ignored)) fs::remove_all(path_, ignored);
  auto read = store.download(object.name, file_of(object));
  if (!read) return std::unexpected(read.error());
  record_[object.name] = std::move(*read);
  return write_record(record_, shown_, record_file_);
}

Result<fs::path> StagedInput::update() {
  const auto lock = FileLock::wait_for(folder_.native() + ".lock", machine_,
                                       "another process that downloads " + shown_);
  if (!lock) return std::unexpected(lock.error());
  const auto store = ObjectStore::open(uri_, machine_);
  if (!store) return std::unexpected(store.error());
  auto objects = store->objects();
  if (!objects) return std::unexpected(objects.error());
  record_ = read_record(record_file_);
  if (auto done = check_names(*objects); !done) return std::unexpected(done.error());
  std::error_code ignored;
  fs::create_directories(folder_, ignored);
  if (auto done = drop_others(*objects); !done) return std::unexpected(done.error());
  std::erase_if(*objects, [this](const StoredObject& object) { return is_current(object); });
  std::uint64_t bytes = 0;
  for (const StoredObject& object : *objects) bytes += object.size;
  if (auto done = check_room(bytes); !done) return std::unexpected(done.error());
  if (objects->empty())
    machine_.info("{}: unchanged since it was downloaded", shown_);
  else
    machine_.info("{}: downloading {} bytes to {}", shown_, grouped(bytes), path_.string());
  for (const StoredObject& object : *objects)
    if (auto done = download(*store, object); !done) return std::unexpected(done.error());
  return path_;
}

}  // namespace

fs::path default_staging_folder() {
  if (const std::string given = variable("OVERLAND_STAGE_DIR"); !given.empty()) return given;
  if (const std::string cache = variable("XDG_CACHE_HOME"); !cache.empty())
    return fs::path(cache) / "overland";
  if (const std::string home = variable("HOME"); !home.empty())
    return fs::path(home) / ".cache" / "overland";
  return fs::temp_directory_path() / "overland";
}

Staging::Staging(const fs::path& folder, const Machine& machine)
    : folder_(fs::absolute(folder.empty() ? default_staging_folder() : folder).lexically_normal()),
      machine_(machine) {}

// Objects of one name in two stores are two objects.
fs::path Staging::folder_of(const char* kind, const std::string& uri) const {
  const std::string endpoint = variable("AWS_ENDPOINT_URL_S3") + " " + variable("AWS_ENDPOINT_URL");
  return folder_ / kind / hash_text(without_secrets(uri) + " " + endpoint).substr(0, 16);
}

Result<fs::path> Staging::input(const fs::path& given) const {
  const std::string& uri = given.native();
  if (!is_uri(uri)) return given;
  return StagedInput(folder_of("inputs", uri), uri, machine_).update();
}

Result<void> Staging::replace(fs::path& given) const {
  auto local = input(given);
  if (!local) return std::unexpected(local.error());
  given = std::move(*local);
  return {};
}

Result<void> Staging::replace(std::vector<fs::path>& given) const {
  for (fs::path& each : given)
    if (auto done = replace(each); !done) return done;
  return {};
}

fs::path Staging::output(const std::string& uri) const {
  return folder_of("outputs", uri) / name_in_uri(uri);
}

Result<void> Staging::upload_folder(const fs::path& folder, const std::string& uri,
                                    const FolderUpload& upload) const {
  const auto store = ObjectStore::open(uri, machine_);
  if (!store) return std::unexpected(store.error());
  if (auto done = store->remove(upload.last); !done) return done;
  ProgressBar bar(machine_, "upload", upload.files.size(), "files");
  for (const fs::path& file : upload.files) {
    if (file == upload.last) continue;
    if (auto done = store->upload(folder / file, file.generic_string()); !done) return done;
    bar.tick();
  }
  if (auto done = store->upload(folder / upload.last, upload.last); !done) return done;
  bar.tick();
  return {};
}

Result<void> Staging::upload_file(const fs::path& file, const std::string& uri) const {
  const auto store = ObjectStore::open(uri, machine_);
  if (!store) return std::unexpected(store.error());
  return store->upload(file, "");
}

Result<bool> object_exists(const std::string& uri, const Machine& machine) {
  const auto store = ObjectStore::open(uri, machine);
  if (!store) return std::unexpected(store.error());
  const auto object = store->find("");
  if (!object) return std::unexpected(object.error());
  return object->has_value();
}

Result<void> check_complete(const std::string& uri, const std::string& last,
                            const Machine& machine) {
  const auto is_there = object_exists(uri_below(uri, last), machine);
  if (!is_there) return std::unexpected(is_there.error());
  if (*is_there) return {};
  return fail("OVL-IO-147", "there is no " + last + ": nothing was uploaded, or not all of it",
              without_secrets(uri), "Give the command that writes there again.");
}

}  // namespace overland::io
