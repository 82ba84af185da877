// The size of a run in an Arrow file, without reading its peaks.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/error.h"

namespace overland::io {

struct RunCounts {
  std::uint64_t ms1_scans = 0, ms2_scans = 0;
  std::uint64_t windows = 0;  // different centres of isolation, m/z
  std::uint64_t peaks = 0;
};

// From scan headers and the offsets of the peak lists. Errors OVL-IO-001, OVL-IO-003, OVL-RUN-001.
[[nodiscard]] Result<RunCounts> count_arrow_run(const std::filesystem::path& file);

}  // namespace overland::io
