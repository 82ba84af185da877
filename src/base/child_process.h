// Runs another program to its end. A request to stop (base/machine.h) ends the program too, with
// all that it has started in its process group.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "base/machine.h"

namespace overland {

struct ProgramCall {
  std::filesystem::path program;       // a file
  std::vector<std::string> arguments;  // without the name of the program
  std::filesystem::path output;        // file for its stdout and stderr; replaced
  double most_seconds = 0;             // then it is ended; 0: no limit
};

struct ProgramEnd {
  int exit_code = 0;
  int signal = 0;  // that ended it; 0: none
  bool is_late = false;
  [[nodiscard]] bool is_success() const { return exit_code == 0 && signal == 0 && !is_late; }
};

// The error is the system's message, where the program cannot be started. Standard input is empty.
// Throws Cancelled after the program has ended.
[[nodiscard]] std::expected<ProgramEnd, std::string> run_program(const ProgramCall& call,
                                                                 const Machine& machine);

// The executable file of a program: a path as it is, a name where PATH has it first. Empty if there
// is none.
[[nodiscard]] std::filesystem::path find_program(const std::string& name);

}  // namespace overland
