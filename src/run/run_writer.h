// Writes a run as Arrow IPC in the schema of docs/formats/run-arrow.md (also readable by Pioneer)
// or as mzML.
#pragma once

#include <filesystem>

#include "base/machine.h"
#include "run/raw_run.h"

namespace overland::run {

// Batches of 10,000 scans; MS1 rows have null windows and energies.
[[nodiscard]] Result<void> write_run_arrow(const RawRun& run, const std::filesystem::path& file,
                                           const Machine& machine = {});
// Indexed mzML 1.1, zlib, m/z and intensity as 32-bit floats, so that a search of the converted run
// gives identical results.
[[nodiscard]] Result<void> write_run_mzml(const RawRun& run, const std::filesystem::path& file,
                                          const Machine& machine);

}  // namespace overland::run
