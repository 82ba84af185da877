// Runs as mzML 1.1 or mzXML, read as a stream.
#pragma once

#include <string>

#include "base/error.h"
#include "base/machine.h"
#include "io/byte_source.h"
#include "io/run_columns.h"

namespace overland::io {

// Reads a plain mzML or mzXML document (indexed or not; the index is not used). Every spectrum
// gives a row; spectra other than MS1 and MS2 have no peaks. Arrays are decoded on `threads`
// threads. `where` names the file in errors. Errors of the source, of SpectrumParser and of
// ArrayDecoder, and OVL-RUN-001 (a spectrum lacks an array), OVL-RUN-004 (arrays of different
// length).
[[nodiscard]] Result<RunColumns> read_mzml_run(const ByteSource& source, const std::string& where,
                                               const Machine& machine);

}  // namespace overland::io
