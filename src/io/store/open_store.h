// Opens Arrow's file system of a URI, and makes errors of its statuses; private to this folder.
#pragma once

#include <arrow/filesystem/filesystem.h>

#include <memory>
#include <string>

#include "base/error.h"
#include "base/machine.h"

namespace overland::io {

struct OpenedStore {
  std::shared_ptr<arrow::fs::FileSystem> files;
  std::string path;  // of the URI, in the file system
};
// Errors OVL-IO-140, OVL-IO-141, and those of a connection.
[[nodiscard]] Result<OpenedStore> open_file_system(const std::string& uri, const Machine& machine);

// Error OVL-IO-142 to -144. `uri`: shown without secrets.
[[nodiscard]] std::unexpected<Error> store_error(const arrow::Status& status,
                                                 const std::string& uri);
[[nodiscard]] std::unexpected<Error> no_such_object(const std::string& uri);

}  // namespace overland::io
