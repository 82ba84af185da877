// Whether the retention times of a run can be those of its scans: their unit, their order, and how
// often a window is visited again.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"
#include "run/raw_run.h"

namespace overland::run {

// Gives all times the unit minute; `rows` are the scans that are kept. Times without unit are
// taken as minutes or seconds by the time between two visits of a window, which is a finding
// (OVL-RUN-018). Further findings: OVL-RUN-019 (times go back in the file), OVL-RUN-020 (time
// between visits or length of the run not plausible), OVL-RUN-021 (some times stand still). Errors
// OVL-RUN-017 (times stand still), OVL-RUN-018 (a unit cannot be told).
[[nodiscard]] Result<void> settle_times(io::RunColumns& columns,
                                        const std::vector<std::size_t>& rows,
                                        const std::string& where, std::vector<Finding>& findings);

}  // namespace overland::run
