// Runs to Arrow files, or to mzML: reads each, writes it beside its source or into one folder. Runs
// and the folder may be URIs (io/store/store_uri.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/error.h"
#include "base/machine.h"
#include "run/vendor_file.h"

namespace overland::commands {

enum class RunFileFormat { arrow, mzml };

struct ConvertOptions {
  std::vector<std::filesystem::path> runs = {};
  std::filesystem::path folder = {};  // empty: each beside its source
  RunFileFormat format = RunFileFormat::arrow;
  run::VendorReading vendor = {};  // `scratch` is the folder of the output
  Machine machine = {};
  bool overwrite = false;
  std::filesystem::path staging = {};  // folder of local copies of URIs; empty: the default
};

struct ConvertReport {
  std::vector<std::filesystem::path> written;  // in the order of the runs; local files
  std::vector<Error> failed;                   // of the runs that could not be read
};

// All names are checked before the first run is read; a run that cannot be converted is left out
// and reported. Errors OVL-USE-010, -011, -012 (see output_guard.h), OVL-USE-013 (two runs would
// get one name), OVL-USE-017 (a URI without a folder), OVL-IO-002, those of io::Staging.
[[nodiscard]] Result<ConvertReport> convert_runs(const ConvertOptions& options);

}  // namespace overland::commands
