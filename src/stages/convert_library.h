// Libraries of other programs: read into a NAME.lib folder, with decoys, and written from one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/error.h"
#include "base/machine.h"
#include "exchange/libraries/export_library.h"
#include "exchange/libraries/import_library.h"
#include "library_build/decoys.h"

namespace overland::stages {

struct ImportToLibOptions {
  std::filesystem::path table = {};   // a file or folder that import_library reads
  std::filesystem::path folder = {};  // NAME.lib
  // Decoys for each target; those of the table are then left out. 0: none are made. Not given: the
  // table's own where it has some, else one for each target.
  std::optional<int> decoys_per_target = {};
  std::uint64_t seed = 1;
  bool overwrite = false;
  Machine machine = {};
};

struct ImportedToLib {
  exchange::ImportReport imported;
  std::uint64_t decoys_left_out = 0;  // of the table
  library_build::DecoyReport decoys;
};

// Errors OVL-USE-010..012 (output_guard.h), OVL-IO-001, OVL-IO-002, those of import_library, and
// OVL-LIB-023 (the table holds only decoys).
[[nodiscard]] Result<ImportedToLib> import_to_lib(const ImportToLibOptions& options);

struct ExportOptions {
  std::filesystem::path library = {};  // NAME.lib
  std::filesystem::path file = {};     // its extension names the format
  exchange::ExportSettings settings = {};
  bool overwrite = false;
  Machine machine = {};
};

// Errors OVL-USE-010..012 (output_guard.h), OVL-LIB-001..003, those of export_library.
[[nodiscard]] Result<exchange::ExportReport> export_from_lib(const ExportOptions& options);

}  // namespace overland::stages
