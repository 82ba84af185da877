// Files of an object store, through the file systems of Apache Arrow. Nothing else of the program
// knows a store; what reads or writes gets a local copy (io/store/staging.h).
//
// Endpoints and credentials are found as Arrow and the makers' libraries find them: environment
// (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL, GOOGLE_APPLICATION_CREDENTIALS,
// ...), their configuration files, or the URI. The library for s3:// is loaded when the first such
// URI is opened.
//
//   auto store = ObjectStore::open("s3://bucket/run.mzML", machine);
//   auto objects = store->objects();                  // one, with an empty name
//   auto read = store->download(objects->front().name, "run.mzML");
//
// A transfer that breaks is tried again, three times in all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/machine.h"

namespace overland::io {

struct StoredObject {
  std::string name;        // path below the URI; empty: the URI names the object itself
  std::uint64_t size = 0;  // bytes
  std::string version;     // differs when the content does: entity tag, generation or time
  bool operator==(const StoredObject&) const = default;
};

// All functions: errors OVL-IO-142 (no such object or bucket), OVL-IO-143 (no permission),
// OVL-IO-144 (the connection failed or broke), and throw Cancelled.
class ObjectStore {
 public:
  // Errors OVL-IO-140 (unknown scheme), OVL-IO-141 (the URI is not understood, or Arrow was built
  // without this store).
  [[nodiscard]] static Result<ObjectStore> open(const std::string& uri, const Machine& machine);

  // The object that the URI names, or all objects below it, sorted by name.
  [[nodiscard]] Result<std::vector<StoredObject>> objects() const;
  // Nothing where there is no such object.
  [[nodiscard]] Result<std::optional<StoredObject>> find(const std::string& name) const;
  // Returns what was read. The file appears when all bytes are there and the object did not change
  // meanwhile; else error OVL-IO-145. Also OVL-IO-002.
  [[nodiscard]] Result<StoredObject> download(const std::string& name,
                                              const std::filesystem::path& file) const;
  // Replaces the object. Errors OVL-IO-145 (the store has another size afterwards), OVL-IO-001.
  [[nodiscard]] Result<void> upload(const std::filesystem::path& file,
                                    const std::string& name) const;
  // An object that is not there is no error.
  [[nodiscard]] Result<void> remove(const std::string& name) const;

 private:
  struct State;
  explicit ObjectStore(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

// Ends what the stores' libraries started, if a store was opened, and must outlive all
// ObjectStores. One for the whole process, in main: a library that was ended cannot be started
// again.
class StoreSession {
 public:
  StoreSession() = default;
  StoreSession(const StoreSession&) = delete;
  StoreSession& operator=(const StoreSession&) = delete;
  ~StoreSession();
};

}  // namespace overland::io
