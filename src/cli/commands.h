// The commands, one file each, and the options that several commands have. Commands contain no
// logic: they fill the options of a library function and call it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/config_schema.h"
#include "base/machine.h"
#include "cli/command.h"

namespace overland::cli {

void add_audit_command(Program& program);
void add_build_library_command(Program& program);
void add_check_raw_command(Program& program);
void add_clean_command(Program& program);
void add_config_command(Program& program);
void add_convert_command(Program& program);
void add_explain_command(Program& program);
void add_export_command(Program& program);
void add_export_library_command(Program& program);
void add_import_library_command(Program& program);
void add_lfq_command(Program& program);
void add_train_predictor_command(Program& program);
void add_plan_command(Program& program);
void add_report_command(Program& program);
void add_search_command(Program& program);
void add_simulate_command(Program& program);
void add_stage_command(Program& program);
void add_stages_command(Program& program);

// The program's machine, with --threads, from 1; the default is the number of threads available to
// the process.
void add_machine(Program& program, Command& command, Machine& machine);

// --stage-dir, for commands that take URIs.
void add_staging(Command& command, std::filesystem::path& folder);

// --raw-reader, a name of run::RawReader, and --raw-converter. The texts must live until the
// command has run.
void add_vendor_reading(Command& command, std::string& raw_reader, std::string& raw_converter);

// --config F and --set section.key=value. Precedence: default < file < --set.
struct ConfigSource {
  std::filesystem::path file;
  std::vector<std::string> assignments;
};
void add_config_source(Command& command, ConfigSource& source);
// The text of a configuration file. Error OVL-CFG-004.
[[nodiscard]] Result<std::string> read_text(const std::filesystem::path& file);
// Errors OVL-CFG-001..003, OVL-CFG-004 (the file cannot be read), OVL-USE-001.
[[nodiscard]] Result<void> apply(const ConfigSource& source, ConfigSchema& schema);

// Prints the complete output of a command to stdout. Error OVL-IO-002.
[[nodiscard]] Result<void> print(const std::string& text);

}  // namespace overland::cli
