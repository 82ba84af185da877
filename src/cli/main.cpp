// The program: reads the command line, runs one command, prints its error and sets the exit code.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>

#include "base/log.h"
#include "base/nearest_name.h"
#include "base/progress.h"
#include "cli/invocation.h"

namespace overland::cli {
namespace {

void add_commands(CLI::App& program, Invocation& invocation) {
  program.require_subcommand(1);
  program.set_version_flag("--version", "overland " OVERLAND_VERSION);
  program.set_help_flag("-h,--help", "Prints this help");
  program.footer(
      "Exit codes: 0 done, 1 internal, 2 usage, 3 configuration, 4 input data,\n"
      "5 some runs failed and the rest is done, 6 resources.");
  add_import_library_command(program, invocation);
  add_convert_command(program, invocation);
  add_config_command(program, invocation);
}

Result<void> run_action(const Invocation& invocation) {
  set_quiet(invocation.is_quiet);
  if (invocation.is_quiet) set_progress_style(ProgressStyle::quiet);
  try {
    return invocation.action();
  } catch (const std::bad_alloc&) {
    return fail("OVL-RES-002", "memory ran out", "", "Free memory, or use a machine with more.");
  } catch (const std::exception& exception) {
    return fail("OVL-INT-001", fmt::format("unexpected: {}", exception.what()), "",
                "This is a defect of Overland; please report it with the command and this line.");
  }
}

int exit_with(const Error& error) {
  erase_progress_line();
  fmt::print(stderr, "overland: {}\n", error.message());
  return error.exit_code();
}

// What is wrong with the command line, and where to read on.
Error usage_error(const CLI::App& program, const CLI::ParseError& error,
                  const std::string& first_word) {
  std::vector<std::string> names;
  for (const CLI::App* command : program.get_subcommands({})) names.push_back(command->get_name());
  const bool is_option = first_word.empty() || first_word.starts_with('-');
  if (std::ranges::find(names, first_word) != names.end())
    return {"OVL-USE-002", error.what(), "",
            fmt::format("'overland {} --help' shows what can be given.", first_word)};
  if (is_option) return {"OVL-USE-002", error.what(), "", "'overland --help' lists the commands."};
  return {"OVL-USE-002", fmt::format("there is no command '{}'", first_word), "",
          fmt::format("Did you mean '{}'? 'overland --help' lists the commands.",
                      nearest_name(first_word, names))};
}

int run_program(int argc, char** argv) {
  CLI::App program{"Overland finds and quantifies peptides in DIA mass spectrometry runs.",
                   "overland"};
  Invocation invocation;
  add_commands(program, invocation);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return program.exit(error);  // --help, --version
    return exit_with(usage_error(program, error, argc > 1 ? argv[1] : ""));
  }
  const Result<void> done = run_action(invocation);
  return done ? 0 : exit_with(done.error());
}

}  // namespace
}  // namespace overland::cli

int main(int argc, char** argv) {
  return overland::cli::run_program(argc, argv);
}
