// Runs as Arrow IPC files in the schema of docs/formats/run-arrow.md (that of Pioneer). Arrow
// itself stays behind this header.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "base/error.h"
#include "io/run_columns.h"

namespace overland::io {

// Maps the file; peaks are views into the mapping, except for scans that had to be corrected,
// compressed buffers and 64-bit floats. Errors OVL-IO-001 (cannot open), OVL-IO-003 (damaged,
// truncated), OVL-RUN-001 (no column, another type, no value), OVL-RUN-004 (arrays of a scan differ
// in length), OVL-RUN-007 (a scan has more peaks than 32 bits count).
[[nodiscard]] Result<RunColumns> read_arrow_run(const std::filesystem::path& file, int threads);
// The same from memory, which must outlive the result. `where` names the source in errors.
[[nodiscard]] Result<RunColumns> read_arrow_run(std::span<const std::byte> bytes,
                                                const std::string& where, int threads);

// A record batch ends at so many scans or peaks, whichever comes first: list offsets are int32.
struct ArrowBatchLimits {
  std::size_t scans = 10'000;
  std::size_t peaks = std::size_t{1} << 30;
};
// Not atomic: the caller gives a temporary name. Errors OVL-IO-002, OVL-RUN-007.
[[nodiscard]] Result<void> write_arrow_run(const RunColumns& run, const std::filesystem::path& file,
                                           ArrowBatchLimits limits = {});

}  // namespace overland::io
