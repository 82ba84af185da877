#include <memory>

#include "cli/commands.h"
#include "cli/search_arguments.h"
#include "commands/pipeline.h"
#include "plan/search_forecast.h"

namespace overland::cli {
namespace {

struct SearchCommand {
  SearchArguments arguments;
  bool only_prepares = false, only_plans = false;
};

Result<void> search(SearchCommand& command) {
  if (auto done = read_search_arguments(command.arguments); !done) return done;
  const stages::SearchOptions& options = command.arguments.options;
  if (!command.only_plans)
    return command.only_prepares ? commands::prepare_search(options)
                                 : commands::run_search(options);
  const auto forecast = plan::forecast_search(options);
  if (!forecast) return std::unexpected(forecast.error());
  return print(plan::forecast_text(*forecast));
}

}  // namespace

void add_search_command(Program& program) {
  auto chosen = std::make_shared<SearchCommand>();
  stages::SearchOptions& options = chosen->arguments.options;
  Command command = program.add("search", "Finds and quantifies the library's precursors in runs",
                                [chosen, &program] {
                                  chosen->arguments.options.command_line = program.command_line();
                                  return search(*chosen);
                                });
  command.when_stopped("The same command resumes where this one stopped.");
  add_search_arguments(program, command, chosen->arguments);
  command.flag("--prepare", chosen->only_prepares,
               "Write OUT/config.json and stop; `overland stage` then runs the stages");
  command.flag(
      "--dry-run", chosen->only_plans,
      "Print the steps that the search would do, with time, memory and disk; write nothing");
  command.flag("--overwrite", options.overwrite,
               "Replace the results of another search in OUT; stages that still fit are kept");
  command.flag("--strict", options.is_strict, "Stop at the first run that fails");
  command.examples({"overland search --library human.lib --out results *.mzML",
                    "overland search --library human.lib --out results *.mzML --dry-run"});
}

}  // namespace overland::cli
