#include "cli/invocation.h"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/parallel.h"

namespace overland::cli {

CLI::App& add_command(CLI::App& program, Invocation& invocation, const std::string& name,
                      const std::string& description, std::function<Result<void>()> act) {
  CLI::App* command = program.add_subcommand(name, description);
  command->option_defaults()->always_capture_default();
  command->add_flag("-q,--quiet", invocation.is_quiet, "Warnings and errors only");
  command->callback([&invocation, act = std::move(act)] { invocation.action = act; });
  return *command;
}

void add_threads(CLI::App& command, int& threads) {
  constexpr int kMost = 1024;
  threads = available_threads();
  command.add_option("-t,--threads", threads, "Threads; the results do not depend on them")
      ->check(CLI::Range(1, kMost));
}

void add_config_source(CLI::App& command, ConfigSource& source) {
  command.add_option("-c,--config", source.file, "JSON file with parameters")->option_text("FILE");
  command.add_option("--set", source.assignments, "Sets one parameter; may be repeated")
      ->option_text("SECTION.KEY=VALUE ...")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

Result<void> apply(const ConfigSource& source, ConfigSchema& schema) {
  if (!source.file.empty()) {
    std::ifstream in(source.file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in || text.fail())
      return fail("OVL-CFG-004", "cannot read the configuration file", source.file.string(),
                  "Check the path and the permissions, and that it is not empty.");
    if (auto done = schema.apply_json(text.view(), source.file.string()); !done) return done;
  }
  for (const std::string& assignment : source.assignments)
    if (auto done = schema.apply_assignment(assignment); !done) return done;
  return {};
}

Result<void> print(const std::string& text) {
  const bool is_written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (is_written) return {};
  return fail("OVL-IO-002", "cannot write to standard output", "stdout",
              "Check where it leads and that the disk has room.");
}

}  // namespace overland::cli
