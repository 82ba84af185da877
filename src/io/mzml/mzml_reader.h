// Runs as mzML 1.1, read as a stream.
#pragma once

#include <string>

#include "base/error.h"
#include "io/mzml_source.h"
#include "io/run_columns.h"

namespace overland::io {

// Reads a plain mzML document (indexed or not; the index is not used). All spectra make a row;
// those that are neither MS1 nor MS2 come without peaks. Arrays are decoded by `threads`. `where`
// names the file in errors. Errors: those of the source, of MzmlParser and ArrayDecoder, and
// OVL-RUN-001 (a spectrum without one of its arrays), OVL-RUN-004 (arrays of different length).
[[nodiscard]] Result<RunColumns> read_mzml_run(const ByteSource& source, const std::string& where,
                                               int threads);

}  // namespace overland::io
