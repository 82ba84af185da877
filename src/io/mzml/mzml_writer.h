// Writes runs as indexed mzML 1.1.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "io/run_columns.h"

namespace overland::io {

// m/z and intensity as 32-bit floats, zlib; numbers with as many digits as give the same value
// back. The bytes depend on the run alone. Not atomic: the caller gives a temporary name. Error
// OVL-IO-002.
[[nodiscard]] Result<void> write_mzml_run(const RunColumns& run, const std::string& name,
                                          const std::filesystem::path& file, int threads);

}  // namespace overland::io
