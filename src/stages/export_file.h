// A NAME.lib folder to a file of another program.
#pragma once

#include <filesystem>

#include "base/error.h"
#include "base/machine.h"
#include "exchange/libraries/export_library.h"

namespace overland::stages {

struct ExportOptions {
  std::filesystem::path library = {};  // NAME.lib
  std::filesystem::path file = {};     // its extension names the format
  exchange::ExportSettings settings = {};
  bool overwrite = false;
  Machine machine = {};
};

// Errors OVL-USE-010..012 (output_guard.h), OVL-LIB-001..003, those of export_library.
[[nodiscard]] Result<exchange::ExportReport> export_file(const ExportOptions& options);

}  // namespace overland::stages
