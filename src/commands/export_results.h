// `overland export`: results of a search as files of other programs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/machine.h"

namespace overland::commands {

// The names of the formats, in the order of the manual.
[[nodiscard]] const std::vector<std::string>& export_format_names();

struct ResultsExport {
  std::filesystem::path results;
  std::string format;                // one of export_format_names()
  std::filesystem::path out;         // a file; of skyline and pioneer a folder
  std::filesystem::path conditions;  // table of Run and Condition; empty: by run names
  bool by_fragment = false;          // msstats
  bool overwrite = false;
  Machine machine = {};
};

// Errors OVL-USE-010 to 012 (the output is in the results folder, or exists), and those of
// open_search_results and of the exporters (exchange/results/exports.h).
[[nodiscard]] Result<void> export_results(const ResultsExport& options);

}  // namespace overland::commands
