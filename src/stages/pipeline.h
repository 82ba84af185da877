// The whole search, as a driver over its stages:
//   read -> library -> tune -> second_pass -> [all runs] score -> integrate -> report
// With a FASTA the library is built first; with `refine` it is predicted anew after a first score,
// and the search from `tune` on is done again.
// Each stage leaves files with a manifest in OUT/work; the same command goes on where it stopped.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "stages/built_library.h"
#include "stages/search_config.h"

namespace overland {

struct SearchOptions {
  std::filesystem::path library;  // NAME.lib or a table; empty: `build` tells how to make one
  SearchLibraryBuild build;
  bool refine = false;
  std::vector<std::filesystem::path> runs;
  std::filesystem::path out;
  SearchConfig config;
  int threads = 1;
  std::uint64_t max_ram = 0;    // bytes; 0: what the machine has free
  bool pioneer_tables = false;  // beside the others, in OUT/pioneer
  bool is_strict = false;       // stop at the first run that fails
  std::string command_line;     // for the log
};

// Errors: OVL-USE-010, -011 (output_guard.h), OVL-USE-013 (two runs of one name), OVL-USE-014 (no
// run), OVL-USE-015 (no library, or both a library and a FASTA), OVL-COH-001 (some runs failed; the
// results of the others are written), and those of the stages.
[[nodiscard]] Result<void> run_search(const SearchOptions& options);

}  // namespace overland
