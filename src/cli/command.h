// One command of the program and its options: a thin interface to CLI11, which is slow to compile
// and therefore included in command.cpp only.
//
//   auto options = std::make_shared<ConvertOptions>();
//   Command command = program.add("convert", "Runs to Arrow files", [options] { return ... ; });
//   command.positional("RUN", options->runs, "Runs to convert").required();
//   command.option("-o,--out", options->folder, "DIR", "Folder for the files");
//   command.flag("--overwrite", options->overwrite, "Replace files that exist");
//
// Targets must live until the action has run. The initial value of a target is its default, which
// the help shows.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/machine.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace overland::cli {

class Command {
 public:
  Command(CLI::App& app, std::string& stop_advice) : app_(app), stop_advice_(stop_advice) {}

  // T: std::string, filesystem::path, int, std::int64_t, std::uint64_t, double, std::optional of
  // int or double, or a vector of strings or paths. An option with a vector is repeated for each
  // value.
  template <class T>
  Command& option(const std::string& names, T& target, const std::string& label,
                  const std::string& description);
  // The same for an argument without a name; a vector takes all remaining arguments.
  template <class T>
  Command& positional(const std::string& name, T& target, const std::string& description);
  Command& flag(const std::string& names, bool& target, const std::string& description);

  // These apply to the option that was added last.
  Command& required();
  Command& range(int low, int high);  // both limits included
  Command& one_of(const std::vector<std::string>& values);
  // A path may also be a URI of an object store; of all other paths a URI is refused.
  Command& or_uri();

  // Shown at the end of the command's help: command lines.
  Command& examples(const std::vector<std::string>& commands);
  // What to do after the command was stopped by a signal; one or more whole sentences. Without it:
  // give the command again.
  Command& when_stopped(std::string advice);
  // `act` runs after the command line has been parsed and before the command's action.
  Command& when_read(std::function<void()> act);

 private:
  CLI::App& app_;
  std::string& stop_advice_;
  CLI::Option* last_ = nullptr;
};

class Program {
 public:
  // `build` is what --version tells beside the version; empty for nothing.
  explicit Program(const Machine& machine = {}, const std::string& build = "");
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  // `act` runs after the command line has been parsed. Each command has --quiet.
  Command add(const std::string& name, const std::string& description,
              std::function<Result<void>()> act);
  // Parses the command line, runs the chosen command and prints its error, or that a signal stopped
  // it. Returns the exit code.
  [[nodiscard]] int run(int argc, const char* const* argv);
  // What the commands work with.
  [[nodiscard]] const Machine& machine() const;
  // The command line, for the log of a search: files by their names, without their folders, and
  // URIs without secrets. Empty before run().
  [[nodiscard]] const std::string& command_line() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace overland::cli
