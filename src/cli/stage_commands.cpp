// `overland stage` and `overland stages`.
#include <memory>

#include "base/resources.h"
#include "cli/commands.h"
#include "commands/pipeline.h"

namespace overland::cli {
namespace {

struct StageArguments {
  commands::StageOptions options;
  std::string max_ram;
};

struct StagesArguments {
  Machine machine = {};
  std::filesystem::path out;
  bool wants_json = false, wants_dot = false;
};

Result<void> do_stage(StageArguments& arguments) {
  if (!arguments.max_ram.empty()) {
    const auto bytes = parse_memory_size(arguments.max_ram);
    if (!bytes) return std::unexpected(bytes.error());
    arguments.options.machine.max_ram = *bytes;
  }
  return commands::run_stage(arguments.options);
}

Result<void> print_stages(const StagesArguments& arguments) {
  const commands::StageListFormat format = arguments.wants_json  ? commands::StageListFormat::json
                                           : arguments.wants_dot ? commands::StageListFormat::dot
                                                                 : commands::StageListFormat::text;
  const auto text = commands::list_stages(arguments.out, format, arguments.machine);
  if (!text) return std::unexpected(text.error());
  return print(*text);
}

}  // namespace

void add_stage_command(Program& program) {
  const auto arguments = std::make_shared<StageArguments>();
  Command command = program.add("stage", "Runs one stage of a search", [arguments, &program] {
    arguments->options.command_line = program.command_line();
    return do_stage(*arguments);
  });
  commands::StageOptions& options = arguments->options;
  command.when_stopped("The same command resumes where this one stopped.");
  command.positional("NAME", options.stage, "Stage, as listed by `overland stages DIR`").required();
  command
      .option("-o,--out", options.out, "DIR", "Results folder made by `overland search --prepare`")
      .required();
  command.option("--run", options.run, "RUN",
                 "Name of a run, for stages that are done per run; default: all runs");
  add_machine(program, command, options.machine);
  command.option("--max-ram", arguments->max_ram, "SIZE",
                 "Maximum memory of the program, such as 8G; default: the free memory");
}

void add_stages_command(Program& program) {
  const auto arguments = std::make_shared<StagesArguments>();
  arguments->machine = program.machine();
  Command command =
      program.add("stages", "Lists the stages of a search: done or not, and the reason",
                  [arguments] { return print_stages(*arguments); });
  command.positional("DIR", arguments->out, "Results folder of a search").required();
  command.flag("--json", arguments->wants_json,
               "Print stages, files, parameters and states as JSON, for workflow engines");
  command.flag("--dot", arguments->wants_dot, "Print the graph of stages in Graphviz format");
}

}  // namespace overland::cli
