// `overland search`, `overland stage` and `overland stages`: the same stages (stages/catalogue.h),
// all in their order, one at a time, or listed.
//
// Each stage leaves files with a manifest in OUT/work; the same command goes on where it stopped.
// What the search was told stands in OUT/config.json, so that its stages can be done one by one,
// also by several processes at the same time.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "base/machine.h"
#include "stages/search_plan.h"

namespace overland::commands {

// Inputs and the results folder may be URIs (commands/remote_search.h).
// Errors of plan_search and write_search_file, OVL-USE-012 (the folder has another search, see
// commands/replaced_search.h), OVL-COH-001 (some runs failed; the results of the others are
// written), those of the stages, of with_local_files and of upload_results.
[[nodiscard]] Result<void> run_search(const stages::SearchOptions& options);

// Writes config.json, after URIs of inputs were downloaded: the stages are done one by one.
// Errors also OVL-USE-017 (the results folder is a URI).
[[nodiscard]] Result<void> prepare_search(const stages::SearchOptions& options);

struct StageOptions {
  std::string stage;          // "second_pass", "first_score"
  std::string run;            // empty: all runs
  std::filesystem::path out;  // results folder
  Machine machine = {};
  std::string command_line;
};
// Errors of read_search_file and StageDriver::run_one.
[[nodiscard]] Result<void> run_stage(const StageOptions& options);

enum class StageListFormat : std::uint8_t { text, json, dot };
// What is done, out of date, missing, waiting or failed, with the time that each stage took.
[[nodiscard]] Result<std::string> list_stages(const std::filesystem::path& out,
                                              StageListFormat format, const Machine& machine = {});

}  // namespace overland::commands
