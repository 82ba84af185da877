// Writes runs as indexed mzML 1.1.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "base/machine.h"
#include "io/run_columns.h"

namespace overland::io {

// m/z and intensity are 32-bit floats with zlib compression; other numbers have enough digits to
// restore the exact value. The bytes depend on the run alone. Not atomic: the caller passes a
// temporary name. Errors OVL-IO-002.
[[nodiscard]] Result<void> write_mzml_run(const RunColumns& run, const std::string& name,
                                          const std::filesystem::path& file,
                                          const Machine& machine);

}  // namespace overland::io
