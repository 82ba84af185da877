// Local copies of what URIs name (io/store/store_uri.h), so that all other code reads and writes
// local files: inputs are downloaded before they are read, outputs are made locally and uploaded.
//
//   Staging staging(folder, machine);
//   auto run = staging.input("s3://bucket/run.mzML");   // folder/inputs/HASH/run.mzML
//   ... auto made = staging.output("s3://bucket/results") ...
//   auto done = staging.upload_folder(made, "s3://bucket/results", {files, "manifest.json"});
//
// inputs/HASH.json records the size and the version of each object: an object that has not changed
// is not downloaded again. Several processes may share the folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/machine.h"

namespace overland::io {

// $OVERLAND_STAGE_DIR, else overland/ in the user's folder for caches ($XDG_CACHE_HOME, ~/.cache).
[[nodiscard]] std::filesystem::path default_staging_folder();

struct FolderUpload {
  std::vector<std::filesystem::path> files;  // relative to the folder
  // The file by which a reader knows that all are there: removed first, uploaded last.
  std::string last;
};

class Staging {
 public:
  // An empty folder is the default one.
  Staging(const std::filesystem::path& folder, const Machine& machine);

  // The path itself if it is no URI, else the copy: a file, or a folder with all objects below the
  // URI. Errors of ObjectStore, OVL-IO-002, OVL-IO-146 (no room), OVL-IO-141 (an object's name is
  // not that of a file).
  [[nodiscard]] Result<std::filesystem::path> input(const std::filesystem::path& given) const;
  // Replaces URIs by their copies.
  [[nodiscard]] Result<void> replace(std::filesystem::path& input) const;
  [[nodiscard]] Result<void> replace(std::vector<std::filesystem::path>& inputs) const;

  // The local folder or file for what is uploaded to the URI; the same one each time.
  [[nodiscard]] std::filesystem::path output(const std::string& uri) const;
  // Errors of ObjectStore. An upload that is broken off leaves no `last`.
  [[nodiscard]] Result<void> upload_folder(const std::filesystem::path& folder,
                                           const std::string& uri,
                                           const FolderUpload& upload) const;
  [[nodiscard]] Result<void> upload_file(const std::filesystem::path& file,
                                         const std::string& uri) const;

 private:
  [[nodiscard]] std::filesystem::path folder_of(const char* kind, const std::string& uri) const;

  std::filesystem::path folder_;
  Machine machine_;
};

// Whether the URI names an object. Errors of ObjectStore.
[[nodiscard]] Result<bool> object_exists(const std::string& uri, const Machine& machine);

// Error OVL-IO-147: what lies at the URI lacks `last` (FolderUpload), so it is not complete.
[[nodiscard]] Result<void> check_complete(const std::string& uri, const std::string& last,
                                          const Machine& machine);

}  // namespace overland::io
