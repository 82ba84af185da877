// The audit at the end of a search.
#pragma once

#include <filesystem>
#include <vector>

#include "base/machine.h"
#include "library/library.h"
#include "results/results.h"

namespace overland::stages {

// audit.parquet, audit.json, plots/audit.svg where the library has entrapments; and what
// `overland audit` makes them from. Else those of an earlier search go.
[[nodiscard]] Result<void> write_search_audit(std::span<const results::ReportedRun> runs,
                                              const library::LibraryView& library,
                                              const std::filesystem::path& out,
                                              const Machine& machine);

}  // namespace overland::stages
