// What the isolation windows of a file lack, and windows that follow from their targets alone.
#pragma once

#include <string>
#include <vector>

#include "run/raw_run.h"

namespace overland::run {

// "isolation window offsets (MS:1000828, MS:1000829) missing in 336 of 672 MS2 scans (50 %)" for
// each defect that occurs; empty if none does. Scans of negative polarity do not count.
[[nodiscard]] std::string window_defects(const io::RunColumns& columns);

// If no MS2 scan states offsets above 0, gives the scans windows from target to target, where that
// is unambiguous: at least four targets at one distance, visited one after the other, each several
// times. A finding (OVL-RUN-022) says so. Otherwise changes nothing.
void derive_windows(io::RunColumns& columns, std::vector<Finding>& findings);

// Findings on the windows of the scans `rows`: OVL-RUN-023 (offsets that are limits), OVL-RUN-024
// (windows as wide as the acquired range), OVL-RUN-025 (MS2 scans left out for what they lack).
void find_odd_windows(const io::RunColumns& columns, const std::vector<std::size_t>& rows,
                      std::vector<Finding>& findings);

}  // namespace overland::run
