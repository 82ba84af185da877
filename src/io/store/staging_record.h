// objects.json beside a staged input: which objects its files are copies of. Private to this
// folder.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/error.h"
#include "io/store/object_store.h"

namespace overland::io {

// By the name of the object. A file that is missing or damaged is an empty record.
using StagingRecord = std::map<std::string, StoredObject>;
[[nodiscard]] StagingRecord read_record(const std::filesystem::path& file);
// Errors OVL-IO-002.
[[nodiscard]] Result<void> write_record(const StagingRecord& record, const std::string& shown_uri,
                                        const std::filesystem::path& file);

}  // namespace overland::io
