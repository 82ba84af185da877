#include "io/store/object_store.h"

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <functional>
#include <thread>

#include "base/files/atomic_file.h"
#include "io/store/open_store.h"
#include "io/store/store_uri.h"

namespace overland::io {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kAttempts = 3;
constexpr auto kPause = std::chrono::seconds(1);  // before the second attempt; then twice that

// Bytes of one request: as many as take about half a second, so that a command can be stopped soon.
class RequestSize {
 public:
  [[nodiscard]] std::int64_t bytes() const { return bytes_; }
  void learn(Clock::duration took) {
    if (took < std::chrono::milliseconds(250)) bytes_ = std::min(2 * bytes_, kMost);
    if (took > std::chrono::milliseconds(1000)) bytes_ = std::max(bytes_ / 2, kLeast);
  }

 private:
  static constexpr std::int64_t kLeast = 1 << 16, kMost = 1 << 25;
  std::int64_t bytes_ = 1 << 20;
};

// The entity tag or the generation, and where a store has neither the time of modification.
std::string version_of(const arrow::KeyValueMetadata* metadata, const arrow::fs::FileInfo& info) {
  for (const char* key : {"ETag", "generation"}) {
    const auto value = metadata == nullptr ? "" : metadata->Get(key).ValueOr("");
    if (!value.empty()) return value;
  }
  return fmt::format("{}", info.mtime().time_since_epoch().count());
}

bool is_transient(const Error& error) {
  return error.code == "OVL-IO-144" || error.code == "OVL-IO-145";
}

void wait(Clock::duration time, const Machine& machine) {
  for (const auto end = Clock::now() + time; Clock::now() < end;) {
    machine.check_cancelled();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

template <class T>
Result<T> try_again(const Machine& machine, const std::string& shown,
                    const std::function<Result<T>()>& transfer) {
  for (int attempt = 1;; ++attempt) {
    machine.check_cancelled();
    Result<T> done = transfer();
    machine.check_cancelled();
    if (done || !is_transient(done.error()) || attempt == kAttempts) return done;
    machine.warning("{}: {}; trying again", shown, done.error().what);
    wait(kPause * attempt, machine);
  }
}

std::unexpected<Error> wrong_bytes(const std::string& what, const std::string& uri) {
  return fail("OVL-IO-145", what, without_secrets(uri),
              "Give the command again; if it fails again, compare the object with its source.");
}

// A stream that is closed by its owner; else, after an error or an exception, the upload is
// dropped.
class Upload {
 public:
  explicit Upload(std::shared_ptr<arrow::io::OutputStream> stream) : stream_(std::move(stream)) {}
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;
  ~Upload() {
    if (!stream_->closed()) (void)stream_->Abort();
  }
  arrow::io::OutputStream* operator->() const { return stream_.get(); }

 private:
  std::shared_ptr<arrow::io::OutputStream> stream_;
};

}  // namespace

struct ObjectStore::State {
  std::shared_ptr<arrow::fs::FileSystem> files;
  std::string path;
  std::string uri;  // with its secrets
  Machine machine;

  [[nodiscard]] std::string path_of(const std::string& name) const {
    return name.empty() ? path : path + "/" + name;
  }
  [[nodiscard]] std::string uri_of(const std::string& name) const {
    return name.empty() ? uri : uri_below(uri, name);
  }

  struct Opened {
    std::shared_ptr<arrow::io::InputStream> stream;
    StoredObject object;
  };
  // Empty: there is no such object.
  Result<std::optional<Opened>> open(const std::string& name) const;
  Result<StoredObject> download_once(const std::string& name, const fs::path& file) const;
  Result<void> copy(const Opened& from, const fs::path& file) const;
  Result<void> upload_once(const fs::path& file, const std::string& name) const;
  Result<std::uint64_t> send(const fs::path& file, const std::string& name) const;
};

Result<std::optional<ObjectStore::State::Opened>> ObjectStore::State::open(
    const std::string& name) const {
  const auto info = files->GetFileInfo(path_of(name));
  if (!info.ok()) return store_error(info.status(), uri_of(name));
  if (!info->IsFile()) return std::nullopt;
  const auto stream = files->OpenInputStream(path_of(name));
  if (!stream.ok()) return store_error(stream.status(), uri_of(name));
  const auto metadata = (*stream)->ReadMetadata();
  if (!metadata.ok()) return store_error(metadata.status(), uri_of(name));
  return Opened{*stream,
                {.name = name,
                 .size = static_cast<std::uint64_t>(info->size()),
                 .version = version_of(metadata->get(), *info)}};
}

Result<void> ObjectStore::State::copy(const Opened& from, const fs::path& file) const {
  std::ofstream out(file, std::ios::binary);
  RequestSize request;
  std::uint64_t size = 0;
  while (true) {
    machine.check_cancelled();
    const auto start = Clock::now();
    const auto bytes = from.stream->Read(request.bytes());
    if (!bytes.ok()) return store_error(bytes.status(), uri_of(from.object.name));
    if ((*bytes)->size() == 0) break;
    request.learn(Clock::now() - start);
    const std::string_view text(**bytes);
    size += text.size();
    if (!out.write(text.data(), static_cast<std::streamsize>(text.size()))) break;
  }
  if (!out.flush())
    return fail("OVL-IO-002", fmt::format("cannot write: {}", std::strerror(errno)), file.string(),
                "Check that the folder is writable and the disk has room.");
  if (size != from.object.size)
    return wrong_bytes(fmt::format("{} of {} bytes were read", size, from.object.size),
                       uri_of(from.object.name));
  return {};
}

Result<StoredObject> ObjectStore::State::download_once(const std::string& name,
                                                       const fs::path& file) const {
  const auto opened = open(name);
  if (!opened) return std::unexpected(opened.error());
  if (!*opened) return no_such_object(uri_of(name));
  AtomicFile output(file);
  if (auto done = copy(**opened, output.temporary()); !done) return std::unexpected(done.error());
  const auto now = open(name);
  if (!now) return std::unexpected(now.error());
  if (!*now || (*now)->object != (*opened)->object)
    return wrong_bytes("the object changed while it was read", uri_of(name));
  if (auto done = output.commit(); !done) return std::unexpected(done.error());
  return (*opened)->object;
}

// Returns the number of bytes.
Result<std::uint64_t> ObjectStore::State::send(const fs::path& file,
                                               const std::string& name) const {
  if (files->type_name() == "local") {  // other stores have no folders
    const auto made = files->CreateDir(fs::path(path_of(name)).parent_path().string());
    if (!made.ok()) return store_error(made, uri_of(name));
  }
  auto stream = files->OpenOutputStream(path_of(name));
  if (!stream.ok()) return store_error(stream.status(), uri_of(name));
  const Upload output(*stream);
  std::ifstream in(file, std::ios::binary);
  std::string bytes(std::size_t{1} << 20, '\0');
  std::uint64_t size = 0;
  while (in) {
    machine.check_cancelled();
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const auto written = output->Write(bytes.data(), in.gcount());
    if (!written.ok()) return store_error(written, uri_of(name));
    size += static_cast<std::uint64_t>(in.gcount());
  }
  if (!in.eof())
    return fail("OVL-IO-001", "cannot read the file that is to be uploaded", file.string(),
                "Check that it exists and can be read.");
  const auto closed = output->Close();
  if (!closed.ok()) return store_error(closed, uri_of(name));
  return size;
}

Result<void> ObjectStore::State::upload_once(const fs::path& file, const std::string& name) const {
  const auto size = send(file, name);
  if (!size) return std::unexpected(size.error());
  const auto info = files->GetFileInfo(path_of(name));
  if (!info.ok()) return store_error(info.status(), uri_of(name));
  if (!info->IsFile() || static_cast<std::uint64_t>(info->size()) != *size)
    return wrong_bytes("after the upload the object has another size than the file", uri_of(name));
  return {};
}

Result<ObjectStore> ObjectStore::open(const std::string& uri, const Machine& machine) {
  machine.check_cancelled();
  auto opened = open_file_system(uri, machine);
  if (!opened) return std::unexpected(opened.error());
  while (opened->path.ends_with('/')) opened->path.pop_back();
  return ObjectStore(std::make_shared<State>(opened->files, opened->path, uri, machine));
}

Result<std::vector<StoredObject>> ObjectStore::objects() const {
  const auto info = state_->files->GetFileInfo(state_->path);
  if (!info.ok()) return store_error(info.status(), state_->uri);
  std::vector<std::string> names;
  if (info->IsFile()) names.emplace_back();
  if (info->IsDirectory()) {
    arrow::fs::FileSelector all;
    all.base_dir = state_->path;
    all.recursive = true;
    const auto found = state_->files->GetFileInfo(all);
    if (!found.ok()) return store_error(found.status(), state_->uri);
    for (const arrow::fs::FileInfo& each : *found)
      if (each.IsFile()) names.push_back(each.path().substr(state_->path.size() + 1));
  }
  if (names.empty()) return no_such_object(state_->uri);
  std::ranges::sort(names);
  std::vector<StoredObject> objects;
  for (const std::string& name : names) {
    state_->machine.check_cancelled();
    auto object = find(name);
    if (!object) return std::unexpected(object.error());
    if (*object) objects.push_back(std::move(**object));
  }
  return objects;
}

Result<std::optional<StoredObject>> ObjectStore::find(const std::string& name) const {
  const auto opened = state_->open(name);
  if (!opened) return std::unexpected(opened.error());
  if (!*opened) return std::nullopt;
  return (*opened)->object;
}

Result<StoredObject> ObjectStore::download(const std::string& name, const fs::path& file) const {
  return try_again<StoredObject>(state_->machine, without_secrets(state_->uri_of(name)),
                                 [&] { return state_->download_once(name, file); });
}

Result<void> ObjectStore::upload(const fs::path& file, const std::string& name) const {
  return try_again<void>(state_->machine, without_secrets(state_->uri_of(name)),
                         [&] { return state_->upload_once(file, name); });
}

Result<void> ObjectStore::remove(const std::string& name) const {
  const auto object = find(name);
  if (!object) return std::unexpected(object.error());
  if (!*object) return {};
  const auto done = state_->files->DeleteFile(state_->path_of(name));
  if (!done.ok()) return store_error(done, state_->uri_of(name));
  return {};
}

}  // namespace overland::io
