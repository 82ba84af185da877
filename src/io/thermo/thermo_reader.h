// Thermo RAW files of version 66 with centroids, read without the vendor's library. Experimental:
// what the reader cannot prove of a file it refuses (error OVL-RUN-060), with the advice to convert
// the file. The checks of all parts are listed in docs/guide/vendor-files.md.
#pragma once

#include <span>
#include <string>

#include "base/error.h"
#include "base/machine.h"
#include "io/run_columns.h"

namespace overland::io {

// A row per scan; peaks are copied. Scans other than MS1 and MS2 have no peaks, as in mzML. Scans
// are decoded on machine.threads threads. Error OVL-RUN-060.
[[nodiscard]] Result<RunColumns> read_thermo_run(std::span<const std::byte> bytes,
                                                 const std::string& where, const Machine& machine);

}  // namespace overland::io
