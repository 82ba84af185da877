// tic.parquet: total ion current over time of each run, for the report page.
#pragma once

#include <string>

#include "io/table/table.h"
#include "run/raw_run.h"

namespace overland::results {

// Mean total ion current in at most 300 time spans of equal length, for MS1 and MS2 separately; no
// rows for a run without scans. `name`: the run's name in the report.
[[nodiscard]] io::Table tic_table(const std::string& name, const run::ScanHeaders& headers);

}  // namespace overland::results
