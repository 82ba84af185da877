// Runs as Arrow IPC files in the schema of docs/formats/run-arrow.md (the schema of Pioneer). Other
// files do not include Arrow's own headers.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "base/error.h"
#include "base/machine.h"
#include "io/run_columns.h"

namespace overland::io {

// Maps the file; peaks are views into the mapping, except for scans that had to be corrected,
// compressed buffers and 64-bit floats. Errors OVL-IO-001 (cannot open), OVL-IO-003 (damaged,
// truncated), OVL-RUN-001 (a missing column, a wrong type, a missing value), OVL-RUN-004 (arrays of
// a scan differ in length), OVL-RUN-007 (a scan has 2^32 peaks or more).
[[nodiscard]] Result<RunColumns> read_arrow_run(const std::filesystem::path& file,
                                                const Machine& machine);
// Reads a run from memory, which must outlive the result. `where` names the source in errors.
[[nodiscard]] Result<RunColumns> read_arrow_run(std::span<const std::byte> bytes,
                                                const std::string& where, const Machine& machine);

// Most scans and peaks in one record batch. List offsets are int32, hence the limit on peaks.
struct ArrowBatchLimits {
  std::size_t scans = 10'000;
  std::size_t peaks = std::size_t{1} << 30;
};
// Not atomic: the caller passes a temporary name. Errors OVL-IO-002, OVL-RUN-007.
[[nodiscard]] Result<void> write_arrow_run(const RunColumns& run, const std::filesystem::path& file,
                                           const Machine& machine = {},
                                           ArrowBatchLimits limits = {});

}  // namespace overland::io
