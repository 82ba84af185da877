// tic.parquet: total ion current over time of each run, for the report page.
#pragma once

#include <string>

#include "io/table/table.h"
#include "run/raw_run.h"

namespace overland::results {

// Means over at most 300 spans of equal length of one run, MS1 and MS2 apart; no rows of a run
// without scans. `name` as in the report.
[[nodiscard]] io::Table tic_table(const std::string& name, const run::ScanHeaders& headers);

}  // namespace overland::results
