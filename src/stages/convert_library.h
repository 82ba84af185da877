// Libraries of other programs: read into a NAME.lib folder, with decoys, and written from one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/machine.h"
#include "exchange/export/export_library.h"
#include "exchange/libraries/import_library.h"
#include "library_build/decoys.h"

namespace overland::stages {

struct ImportToLibOptions {
  std::filesystem::path table = {};   // a file or folder that import_library reads
  std::filesystem::path folder = {};  // NAME.lib
  // Number of decoys to make per target; the decoys of the table are then left out. 0: no decoys
  // are made. Empty: the decoys of the table, or one decoy per target if the table has none.
  std::optional<int> decoys_per_target = {};
  std::uint64_t seed = 1;
  std::string modifications = {};  // declared for this library: "DBIA=+239.1634@C"; joined by ';'
  bool overwrite = false;
  Machine machine = {};
};

struct ImportedToLib {
  exchange::ImportReport imported;
  std::uint64_t decoys_left_out = 0;  // decoys of the table that were left out
  library_build::DecoyReport decoys;
};

// Reads a library of another program; its warnings go to the machine. Errors OVL-CFG-112 (a
// declared modification is invalid), those of import_library.
[[nodiscard]] Result<exchange::ImportedLibrary> import_with_warnings(
    const std::filesystem::path& source, const std::string& modifications, const Machine& machine);

// Reads a library of another program into a NAME.lib folder. Errors OVL-USE-010..012
// (output_guard.h), OVL-IO-001, OVL-IO-002, OVL-CFG-112, the errors of import_library, and
// OVL-LIB-023 (the table holds only decoys).
[[nodiscard]] Result<ImportedToLib> import_to_lib(const ImportToLibOptions& options);

struct ExportOptions {
  std::filesystem::path library = {};  // NAME.lib
  std::filesystem::path file = {};     // its extension names the format
  exchange::ExportSettings settings = {};
  bool overwrite = false;
  Machine machine = {};
};

// Writes a NAME.lib folder as a file of another program. Errors OVL-USE-010..012 (output_guard.h),
// OVL-LIB-001..003, and the errors of export_library.
[[nodiscard]] Result<exchange::ExportReport> export_from_lib(const ExportOptions& options);

}  // namespace overland::stages
