// runs.parquet: what each run is like, and how its calibration fits.
#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "stages/search_run.h"

namespace overland {

// One row per run of the search, failed ones too.
[[nodiscard]] Result<void> write_runs_table(const std::vector<SearchRun>& runs,
                                            const std::filesystem::path& file);

}  // namespace overland
