// The manifest of one stage: what it was made from and what it made. It is written last, so a
// folder with a valid manifest holds complete outputs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/summary.h"

namespace overland::stages {

struct ManifestOutput {
  std::string file;  // relative to the results folder, with '/'
  std::uint64_t size = 0;
  std::string hash;
  bool operator==(const ManifestOutput&) const = default;
};

struct StageManifest {
  std::string stage, run;                     // run is empty for stages over all runs
  std::string build;                          // of the program that did it (base/build_id.h)
  std::map<std::string, std::string> inputs;  // name -> content hash
  std::string parameters_hash;
  std::vector<ManifestOutput> outputs;
  std::string note = {};  // the result in a few words
  StageCost cost = {};
  bool operator==(const StageManifest&) const = default;
};

// Errors OVL-IO-002.
[[nodiscard]] Result<void> write_manifest(const StageManifest& manifest,
                                          const std::filesystem::path& file);
// Errors OVL-IO-001 (missing), OVL-IO-060 (not a manifest: damaged, or edited by hand).
[[nodiscard]] Result<StageManifest> read_manifest(const std::filesystem::path& file);

}  // namespace overland::stages
