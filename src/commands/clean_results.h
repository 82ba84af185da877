// `overland clean`: removes from a results folder what a search can make again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/machine.h"

namespace overland::commands {

struct CleanOptions {
  std::filesystem::path results;
  bool only_lists = false;  // changes nothing
  Machine machine = {};
};

struct CleanedPart {
  std::string path;  // relative to the results folder
  std::uint64_t bytes = 0;
};

// Removes the outputs of stages below work/, with converted runs, the remembered hashes of inputs,
// and locks that a killed process left. Tables, page, plots, config.json, log, library.lib and the
// cache of predictions stay. Symbolic links are removed, never followed. The same search makes what
// was removed again. Waits for a search that writes into the folder. Errors OVL-USE-040 (not a
// results folder), OVL-USE-072 (a stage is being done by another process), OVL-IO-002.
[[nodiscard]] Result<std::vector<CleanedPart>> clean_results(const CleanOptions& options);

}  // namespace overland::commands
