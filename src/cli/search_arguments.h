// The arguments that `overland search` and `overland plan` share.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "stages/search_plan.h"

namespace overland::cli {

struct SearchArguments {
  stages::SearchOptions options;
  ConfigSource config, build;
  bool wants_tsv = false, wants_decoys = false, wants_entrapments = false;
  bool has_no_entrapments = false;
  bool wants_transfer = false, wants_no_transfer = false;
  std::optional<double> report_q;
  std::optional<int> entrapments;
  std::string max_ram;
  std::string raw_reader = to_text(run::RawReader::automatic);
  std::vector<std::string> modifications;
};

// Declares the arguments, which must live until the command has run.
void add_search_arguments(Program& program, Command& command, SearchArguments& arguments);

// Makes `options` of the other fields. Precedence: default < file < --set < command-line options of
// single parameters. Errors OVL-CFG-001..004, OVL-USE-001, OVL-USE-016.
[[nodiscard]] Result<void> read_search_arguments(SearchArguments& arguments);

}  // namespace overland::cli
