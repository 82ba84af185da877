// Writes a run as Arrow IPC in the schema of docs/formats/run-arrow.md (readable by Pioneer too) or
// as mzML.
#pragma once

#include <filesystem>

#include "run/raw_run.h"

namespace overland::run {

// Batches of 10,000 scans; MS1 rows have null windows and energies.
[[nodiscard]] Result<void> write_run_arrow(const RawRun& run, const std::filesystem::path& file);
// Indexed mzML 1.1, zlib, m/z and intensity as 32-bit floats so that a converted run searches
// identically.
[[nodiscard]] Result<void> write_run_mzml(const RawRun& run, const std::filesystem::path& file,
                                          int threads);

}  // namespace overland::run
