#include "cli/command.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <new>
#include <optional>
#include <stdexcept>
#include <tuple>

#include "base/parallel.h"
#include "base/version.h"
#include "cli/stop_signals.h"
#include "support/command_example.h"

namespace overland::cli {
namespace {

using support::expect_error;
using support::Ran;
using support::run;

// Every kind of option that a command can have.
struct Options {
  std::string text = "plain";
  std::filesystem::path path;
  int whole = 3;
  std::int64_t wide = -5;
  std::uint64_t count = 7;
  double real = 0.25;
  std::optional<int> maybe_whole;
  std::optional<double> maybe_real;
  std::vector<std::string> texts;
  std::vector<std::filesystem::path> paths, files;
  std::filesystem::path place;
  bool is_set = false;
  int times_run = 0;
};

void add_all(Program& program, Options& o) {
  Command command = program.add("all", "Has everything", [&o] {
    ++o.times_run;
    return Result<void>();
  });
  command.positional("FILE", o.files, "Files");
  command.option("-t,--text", o.text, "TEXT", "A text");
  command.option("--path", o.path, "PATH", "A path");
  command.option("--whole", o.whole, "N", "A number").range(0, 10);
  command.option("--wide", o.wide, "N", "A wide number");
  command.option("--count", o.count, "N", "A count");
  command.option("--real", o.real, "X", "A real number");
  command.option("--maybe-whole", o.maybe_whole, "N", "A number or none");
  command.option("--maybe-real", o.maybe_real, "X", "A real number or none");
  command.option("--texts", o.texts, "TEXT", "Texts");
  command.option("--paths", o.paths, "PATH", "Paths");
  command.option("--place", o.place, "PLACE", "A path or URI").or_uri();
  command.option("--one", o.text, "NAME", "One of some").one_of({"a", "b"});
  command.flag("-s,--set", o.is_set, "A flag");
}

Ran run_all(Options& o, const std::vector<std::string>& words) {
  Program program;
  add_all(program, o);
  std::vector<std::string> all{"all"};
  all.insert(all.end(), words.begin(), words.end());
  return run(program, all);
}

TEST(Command, what_is_not_given_keeps_its_default) {
  Options o;
  EXPECT_EQ(run_all(o, {}).code, 0);
  EXPECT_EQ(o.times_run, 1);
  EXPECT_EQ(o.text, "plain");
  EXPECT_EQ(o.whole, 3);
  EXPECT_EQ(o.real, 0.25);
  EXPECT_FALSE(o.maybe_whole || o.maybe_real || o.is_set);
  EXPECT_TRUE(o.texts.empty() && o.files.empty());
}

TEST(Command, each_kind_of_option_takes_its_value) {
  Options o;
  const Ran ran = run_all(o, {"--text", "a b\"c", "--path=/x y/z", "--whole", "10", "--wide",
                              "-9000000000", "--count", "18446744073709551615", "--real", "1e-3",
                              "--maybe-whole", "0", "--maybe-real=-2.5", "-s"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(o.text, "a b\"c");
  EXPECT_EQ(o.path, "/x y/z");
  EXPECT_EQ(o.whole, 10);
  EXPECT_EQ(o.wide, -9000000000);
  EXPECT_EQ(o.count, 18446744073709551615ULL);
  EXPECT_EQ(o.real, 1e-3);
  EXPECT_EQ(o.maybe_whole, 0);
  EXPECT_EQ(o.maybe_real, -2.5);
  EXPECT_TRUE(o.is_set);
}

TEST(Command, an_option_of_several_values_is_given_once_for_each) {
  Options o;
  EXPECT_EQ(run_all(o, {"--texts", "a,b", "--texts", "c", "one", "--paths", "p", "two"}).code, 0);
  EXPECT_EQ(o.texts, (std::vector<std::string>{"a,b", "c"})) << "commas belong to the value";
  EXPECT_EQ(o.paths, (std::vector<std::filesystem::path>{"p"}));
  EXPECT_EQ(o.files, (std::vector<std::filesystem::path>{"one", "two"}))
      << "what follows is no further value";
}

TEST(Command, a_uri_is_taken_only_where_one_is_meant_and_its_secrets_are_not_shown) {
  Options o;
  EXPECT_EQ(run_all(o, {"--place", "s3://K:secret@bucket/x"}).code, 0);
  EXPECT_EQ(o.place, "s3://K:secret@bucket/x") << "the store needs all of it";
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"--path", "s3://K:secret@bucket/x"}, {"s3://K:secret@bucket/x"}}) {
    const Ran ran = run_all(o, words);
    expect_error(ran, 2, {"OVL-USE-002"});
    EXPECT_NE(ran.err.find("s3://bucket/x is a URI"), std::string::npos) << ran.err;
    EXPECT_EQ(ran.err.find("secret"), std::string::npos) << ran.err;
  }
}

TEST(Command, values_of_the_wrong_kind_or_range_are_usage_errors) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--whole", "11"},
                                             {"--whole", "-1"},
                                             {"--whole", "x"},
                                             {"--whole", "2.5"},
                                             {"--whole"},
                                             {"--count", "-1"},
                                             {"--real", "1,5"},
                                             {"--maybe-whole", "none"},
                                             {"--one", "c"},
                                             {"--one", "A"},
                                             {"--nonsense"},
                                             {"-x"},
                                             {"--set=perhaps"}}) {
    Options o;
    const Ran ran = run_all(o, words);
    expect_error(ran, 2, {"OVL-USE-002", "'overland all --help'"});
    EXPECT_EQ(o.times_run, 0) << "nothing is done: " << words.front();
  }
}

TEST(Command, what_is_required_has_to_be_there) {
  std::string value;
  std::vector<std::filesystem::path> files;
  bool has_run = false;
  Program program;
  Command command = program.add("need", "Needs", [&] {
    has_run = true;
    return Result<void>();
  });
  command.positional("FILE", files, "Files").required();
  command.option("--out", value, "DIR", "Where to").required();
  expect_error(run(program, {"need"}), 2, {"OVL-USE-002"});
  expect_error(run(program, {"need", "file"}), 2, {"--out"});
  expect_error(run(program, {"need", "--out", "x"}), 2, {"FILE"});
  EXPECT_FALSE(has_run);
  EXPECT_EQ(run(program, {"need", "file", "--out", "x"}).code, 0);
  EXPECT_TRUE(has_run);
}

TEST(Command, help_names_each_option_with_its_default_and_exits_well) {
  Options o;
  const Ran ran = run_all(o, {"--help"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(o.times_run, 0);
  for (const char* text :
       {"Usage: overland all", "-t,--text TEXT [plain]", "--whole N [3]", "--real X [0.25]",
        "--texts TEXT", "--maybe-whole N", "-s,--set", "-q,--quiet", "A number or none"})
    EXPECT_NE(ran.out.find(text), std::string::npos) << text << " in\n" << ran.out;
  EXPECT_EQ(ran.out.find("--maybe-whole N ["), std::string::npos) << "it has no default";
}

TEST(Program, exits_with_the_code_of_the_errors_kind) {
  const std::map<std::string, int> codes{{"OVL-INT-001", 1}, {"OVL-USE-099", 2}, {"OVL-CFG-099", 3},
                                         {"OVL-IO-099", 4},  {"OVL-RUN-099", 4}, {"OVL-LIB-099", 4},
                                         {"OVL-PRE-099", 4}, {"OVL-COH-099", 5}, {"OVL-RES-099", 6},
                                         {"OVL-KOI-099", 6}};
  for (const auto& [code, exit_code] : codes) {
    Program program;
    program.add("go", "Goes",
                [&]() -> Result<void> { return fail(code, "it broke", "here", "Mend it."); });
    const Ran ran = run(program, {"go"});
    EXPECT_EQ(ran.code, exit_code) << code;
    EXPECT_EQ(ran.out, "");
    EXPECT_EQ(ran.err, "overland: " + code + ": it broke (here). Mend it.\n");
  }
}

TEST(Program, exceptions_are_errors_with_a_code) {
  const std::map<std::string, std::function<Result<void>()>> actions{
      {"OVL-RES-002", []() -> Result<void> { throw std::bad_alloc(); }},
      {"OVL-INT-001", []() -> Result<void> { throw std::runtime_error("odd thing"); }}};
  for (const auto& [code, action] : actions) {
    Program program;
    program.add("go", "Goes", action);
    expect_error(run(program, {"go"}), code == "OVL-RES-002" ? 6 : 1, {code});
  }
}

TEST(Program, help_lists_the_commands_and_exit_codes) {
  Program program;
  program.add("first", "Does the first", [] { return Result<void>(); });
  program.add("second", "Does the second", [] { return Result<void>(); });
  const Ran ran = run(program, {"--help"});
  EXPECT_EQ(ran.code, 0);
  for (const char* text :
       {"first", "Does the first", "second", "Exit codes: 0 success", "--version"})
    EXPECT_NE(ran.out.find(text), std::string::npos) << text;
  const Ran version = run(program, {"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_EQ(version.out, program_name() + "\n");
}

TEST(Program, a_wrong_word_is_answered_with_the_nearest_command) {
  Program program;
  program.add("convert", "Converts", [] { return Result<void>(); });
  program.add("search", "Searches", [] { return Result<void>(); });
  expect_error(run(program, {"serach"}), 2, {"there is no command 'serach'", "'search'"});
  expect_error(run(program, {"convrt", "x"}), 2, {"'convert'"});
  expect_error(run(program, {}), 2, {"OVL-USE-002", "'overland --help'"});
  expect_error(run(program, {""}), 2, {"'overland --help'"});
  expect_error(run(program, {"--nonsense"}), 2, {"'overland --help'"});
}

TEST(Program, runs_one_command_and_knows_how_it_was_called) {
  Program program;
  std::string ran_name;
  for (const char* name : {"one", "two"})
    program.add(name, "", [&ran_name, name] {
      ran_name += name;
      return Result<void>();
    });
  EXPECT_EQ(run(program, {"two", "--quiet"}).code, 0);
  EXPECT_EQ(ran_name, "two");
  EXPECT_EQ(program.command_line(), "overland two --quiet");
}

TEST(Program, quiet_keeps_warnings_and_drops_the_rest) {
  Reporter reporter({.style = ProgressStyle::lines});
  Machine machine = {};
  machine.reporter = &reporter;
  Program program(machine);
  program.add("go", "", [&program] {
    program.machine().info("told");
    program.machine().warning("warned");
    return Result<void>();
  });
  const Ran loud = run(program, {"go"});
  EXPECT_NE(loud.err.find("told"), std::string::npos);
  const Ran quiet = run(program, {"go", "-q"});
  EXPECT_EQ(quiet.err.find("told"), std::string::npos);
  EXPECT_NE(quiet.err.find("warned"), std::string::npos);
}

// The exit codes are those that a shell gives a process that a signal ended.
TEST(Program, a_stopped_command_says_what_was_stopped_and_how_to_go_on) {
  for (const auto& [signal, code, name] :
       {std::tuple{SIGINT, 130, "SIGINT"}, {SIGTERM, 143, "SIGTERM"}}) {
    Cancellation cancellation;
    Machine machine(2);
    machine.cancellation = &cancellation;
    Program program(machine);
    program
        .add("go", "",
             [&] {
               parallel_for(1000, program.machine(), [&](std::size_t i, int) {
                 if (i == 10) cancellation.request(signal);
               });
               return Result<void>();
             })
        .when_stopped("Go again.");
    const Ran ran = run(program, {"go"});
    EXPECT_EQ(ran.code, code);
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
    for (const char* text : {"overland: go was stopped", name, "Go again."})
      EXPECT_NE(ran.err.find(text), std::string::npos) << ran.err;
  }
}

// In a separate process, because the second signal ends it.
TEST(StopSignals, the_first_signal_asks_and_the_second_ends_the_process) {
  const auto stopped_by_two = [] {
    std::signal(SIGINT, SIG_DFL);
    Cancellation cancellation;
    const StopSignals signals(cancellation);
    std::raise(SIGINT);
    if (!cancellation.is_requested()) std::_Exit(1);
    std::raise(SIGINT);
    std::_Exit(2);
  };
  EXPECT_EXIT(stopped_by_two(), testing::KilledBySignal(SIGINT), "");
}

TEST(StopSignals, an_ignored_signal_stays_ignored) {
  Cancellation cancellation;
  auto* const before = std::signal(SIGTERM, SIG_IGN);
  {
    const StopSignals signals(cancellation);
    std::raise(SIGTERM);
  }
  std::signal(SIGTERM, before);
  EXPECT_FALSE(cancellation.is_requested());
}

}  // namespace
}  // namespace overland::cli
