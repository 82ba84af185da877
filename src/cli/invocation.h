// What the commands share. A command is one function that adds its options to the program and sets
// the action to run; it holds no logic of its own.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/config_schema.h"
#include "base/error.h"

namespace overland::cli {

struct Invocation {
  std::function<Result<void>()> action;  // of the command that was chosen
  bool is_quiet = false;
};

// A subcommand with --quiet; `act` runs after the command line was read.
CLI::App& add_command(CLI::App& program, Invocation& invocation, const std::string& name,
                      const std::string& description, std::function<Result<void>()> act);

// --threads, from 1; the default is what the machine has.
void add_threads(CLI::App& command, int& threads);

// --config F and --set section.key=value. Precedence: default < file < --set.
struct ConfigSource {
  std::filesystem::path file;
  std::vector<std::string> assignments;
};
void add_config_source(CLI::App& command, ConfigSource& source);
// Errors OVL-CFG-001..003, OVL-CFG-004 (the file cannot be read), OVL-USE-001.
[[nodiscard]] Result<void> apply(const ConfigSource& source, ConfigSchema& schema);

// All that a command prints on stdout. Errors OVL-IO-002.
[[nodiscard]] Result<void> print(const std::string& text);

// The commands, one file each.
void add_config_command(CLI::App& program, Invocation& invocation);
void add_convert_command(CLI::App& program, Invocation& invocation);
void add_import_library_command(CLI::App& program, Invocation& invocation);

}  // namespace overland::cli
