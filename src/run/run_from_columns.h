// Converts the content of a run file to a RawRun: selects the scans to keep, and counts the others.
#pragma once

#include <string>

#include "io/run_columns.h"
#include "run/raw_run.h"

namespace overland::run {

// Keeps MS1 scans and MS2 scans with an isolation window, of positive or unknown polarity. Errors
// OVL-RUN-001 (a scan without retention time), OVL-RUN-003 (no MS2 scan left); `where` names the
// file.
[[nodiscard]] Result<RawRun> run_from_columns(std::string name, io::RunColumns columns,
                                              const std::string& where);

}  // namespace overland::run
