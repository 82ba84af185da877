#include "cli/command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <concepts>
#include <csignal>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <map>
#include <new>
#include <optional>

#include "base/check.h"
#include "base/nearest_name.h"
#include "base/shared_text.h"
#include "base/version.h"
#include "io/store/store_uri.h"

namespace overland::cli {
namespace {

constexpr const char* kFooter =
    "Exit codes: 0 success, 1 internal error, 2 usage, 3 configuration, 4 input data,\n"
    "5 some runs failed and the others are done, 6 resources, 130 stopped by Ctrl-C,\n"
    "143 stopped by SIGTERM.";

// The error in the command line, and how to get help.
Error usage_error(const CLI::App& app, const CLI::ParseError& error,
                  const std::string& first_word) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  if (std::ranges::find(names, first_word) != names.end())
    return {"OVL-USE-002", error.what(), "",
            fmt::format("'overland {} --help' shows the options.", first_word)};
  if (first_word.empty() || first_word.starts_with('-'))
    return {"OVL-USE-002", error.what(), "", "'overland --help' lists the commands."};
  return {"OVL-USE-002", fmt::format("there is no command '{}'", first_word), "",
          fmt::format("Did you mean '{}'? 'overland --help' lists the commands.",
                      nearest_name(first_word, names))};
}

constexpr const char* kReport =
    "This is a defect of Overland; please report it with the command and this line.";

Result<void> run_guarded(const std::function<Result<void>()>& action) {
  try {
    return action();
  } catch (const std::bad_alloc&) {
    return fail("OVL-RES-002", "out of memory", "",
                "Free memory, or use a machine with more memory.");
  } catch (const CheckFailed& failed) {
    return fail("OVL-INT-002", fmt::format("an internal check failed: {}", failed.what()),
                failed.where(), kReport);
  } catch (const std::exception& exception) {
    return fail("OVL-INT-001", fmt::format("unexpected error: {}", exception.what()), "", kReport);
  }
}

int exit_with(const Error& error) {
  fmt::print(stderr, "overland: {}\n", io::without_secrets(error.message()));
  return error.exit_code();
}

// As a shell tells it of a process that a signal ended.
int exit_stopped(const std::string& command, int signal, const std::string& advice) {
  constexpr int kEndedBySignal = 128;
  fmt::print(stderr, "overland: {} was stopped by {}. {}\n", command,
             signal == SIGINT ? "Ctrl-C (SIGINT)" : "SIGTERM", advice);
  return kEndedBySignal + signal;
}

constexpr const char* kLocalPath = "local path";

// Else a URI would be the path of a new folder "s3:".
template <class T>
void refuse_uris(CLI::Option& option) {
  if constexpr (std::same_as<T, std::filesystem::path> ||
                std::same_as<T, std::vector<std::filesystem::path>>) {
    const auto refuse = [](const std::string& text) {
      return io::is_uri(text) ? text + " is a URI; a path is needed here" : std::string();
    };
    option.check(refuse, "", kLocalPath);
  }
}

}  // namespace

template <class T>
Command& Command::option(const std::string& names, T& target, const std::string& label,
                         const std::string& description) {
  last_ = app_.add_option(names, target, description)->option_text(label);
  refuse_uris<T>(*last_);
  if constexpr (std::unsigned_integral<T>)  // else CLI11 takes -1 for the largest number
    last_->check([](const std::string& text) {
      return text.starts_with('-') ? text + " is negative" : std::string();
    });
  if constexpr (requires { target.push_back({}); } && !std::same_as<T, std::string>)
    last_->allow_extra_args(false);  // one value per repetition of the option
  else if constexpr (!requires { target.has_value(); })
    if (const std::string shown = last_->get_default_str(); !shown.empty() && shown != "\"\"")
      last_->option_text(label + " [" + shown + "]");
  return *this;
}

template <class T>
Command& Command::positional(const std::string& name, T& target, const std::string& description) {
  last_ = app_.add_option(name, target, description);
  refuse_uris<T>(*last_);
  last_->option_text(last_->get_expected_max() > 1 ? "..." : " ");
  return *this;
}

Command& Command::flag(const std::string& names, bool& target, const std::string& description) {
  last_ = app_.add_flag(names, target, description);
  return *this;
}

Command& Command::required() {
  last_->required();
  return *this;
}

Command& Command::range(int low, int high) {
  last_->check(CLI::Range(low, high));
  return *this;
}

Command& Command::one_of(const std::vector<std::string>& values) {
  last_->check(CLI::IsMember(values));
  return *this;
}

Command& Command::examples(const std::vector<std::string>& commands) {
  app_.footer(fmt::format("Examples:\n  {}\n\n{}", fmt::join(commands, "\n  "), kFooter));
  return *this;
}

Command& Command::or_uri() {
  last_->get_validator(kLocalPath)->active(false);
  return *this;
}

Command& Command::when_read(std::function<void()> act) {
  app_.parse_complete_callback(std::move(act));
  return *this;
}

Command& Command::when_stopped(std::string advice) {
  stop_advice_ = std::move(advice);
  return *this;
}

struct Program::State {
  Machine machine = {};
  CLI::App app{"Overland finds and quantifies peptides in DIA mass spectrometry runs.", "overland"};
  std::function<Result<void>()> action;            // action of the chosen command
  std::string name;                                // its name
  std::map<std::string, std::string> stop_advice;  // by command
  bool is_quiet = false;
  std::string command_line;
};

Program::Program(const Machine& machine, const std::string& build)
    : state_(std::make_unique<State>()) {
  state_->machine = machine;
  CLI::App& app = state_->app;
  app.require_subcommand(1);
  app.set_version_flag("--version", program_name() + (build.empty() ? "" : "\n" + build),
                       "Prints the version");
  app.set_help_flag("-h,--help", "Prints this help");
  app.footer(kFooter);
}

Program::~Program() = default;

Command Program::add(const std::string& name, const std::string& description,
                     std::function<Result<void>()> act) {
  CLI::App* command = state_->app.add_subcommand(name, description);
  command->option_defaults()->always_capture_default();
  command->add_flag("-q,--quiet", state_->is_quiet, "Warnings and errors only");
  command->callback([state = state_.get(), act = std::move(act), name] {
    state->action = act;
    state->name = name;
  });
  return {*command, state_->stop_advice[name] = "Give the command again."};
}

const Machine& Program::machine() const {
  return state_->machine;
}

const std::string& Program::command_line() const {
  return state_->command_line;
}

int Program::run(int argc, const char* const* argv) {
  state_->command_line =
      io::without_secrets(shared_command_line({argv, static_cast<std::size_t>(argc)}));
  try {
    state_->app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return state_->app.exit(error);  // --help, --version
    return exit_with(usage_error(state_->app, error, argc > 1 ? argv[1] : ""));
  }
  Reporter* const reporter = state_->machine.reporter;
  if (reporter != nullptr) reporter->set_quiet(state_->is_quiet);
  try {
    const Result<void> done = run_guarded(state_->action);
    if (reporter != nullptr) reporter->erase_bar();
    return done ? 0 : exit_with(done.error());
  } catch (const Cancelled& cancelled) {
    if (reporter != nullptr) reporter->erase_bar();
    return exit_stopped(state_->name, cancelled.signal, state_->stop_advice[state_->name]);
  }
}

using Text = std::string;
using Path = std::filesystem::path;
template Command& Command::option(const Text&, Text&, const Text&, const Text&);
template Command& Command::option(const Text&, Path&, const Text&, const Text&);
template Command& Command::option(const Text&, int&, const Text&, const Text&);
template Command& Command::option(const Text&, std::int64_t&, const Text&, const Text&);
template Command& Command::option(const Text&, std::uint64_t&, const Text&, const Text&);
template Command& Command::option(const Text&, double&, const Text&, const Text&);
template Command& Command::option(const Text&, std::optional<int>&, const Text&, const Text&);
template Command& Command::option(const Text&, std::optional<double>&, const Text&, const Text&);
template Command& Command::option(const Text&, std::vector<Text>&, const Text&, const Text&);
template Command& Command::option(const Text&, std::vector<Path>&, const Text&, const Text&);
template Command& Command::positional(const Text&, Text&, const Text&);
template Command& Command::positional(const Text&, Path&, const Text&);
template Command& Command::positional(const Text&, std::vector<Path>&, const Text&);

}  // namespace overland::cli
