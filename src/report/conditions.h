// Assigns runs to conditions, from a table of the user or from the run names.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace overland::report {

struct Conditions {
  std::vector<std::string> names;  // in order of first appearance
  std::vector<int> of_run;         // index into names; -1: none
  std::string origin;              // "by run names", or the table's file name
};

// The condition is the run name without its last number ("HeLa_A_01" -> "HeLa_A", "K562-rep2" ->
// "K562"). Empty unless a condition has two runs and there are at least two conditions or repeats
// of one condition.
[[nodiscard]] Conditions conditions_by_name(const std::vector<std::string>& runs);

// Reads delimited text with the columns Run and Condition; runs that are not in it have no
// condition. Errors OVL-IO-001, OVL-IO-091 (a column is missing), OVL-IO-092 (a run is not in the
// search).
[[nodiscard]] Result<Conditions> read_conditions(const std::filesystem::path& file,
                                                 const std::vector<std::string>& runs);

}  // namespace overland::report
