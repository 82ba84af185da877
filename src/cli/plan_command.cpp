#include <memory>

#include "cli/commands.h"
#include "cli/search_arguments.h"
#include "plan/search_forecast.h"

namespace overland::cli {
namespace {

struct PlanCommand {
  SearchArguments arguments;
  bool wants_json = false;
};

Result<void> print_plan(PlanCommand& command) {
  if (auto done = read_search_arguments(command.arguments); !done) return done;
  const auto forecast = plan::forecast_search(command.arguments.options);
  if (!forecast) return std::unexpected(forecast.error());
  return print(command.wants_json ? plan::forecast_json(*forecast)
                                  : plan::forecast_text(*forecast));
}

}  // namespace

void add_plan_command(Program& program) {
  auto chosen = std::make_shared<PlanCommand>();
  Command command =
      program.add("plan", "Prints the steps of a search with time, memory and disk; writes nothing",
                  [chosen] { return print_plan(*chosen); });
  add_search_arguments(program, command, chosen->arguments);
  command.flag("--json", chosen->wants_json,
               "Print the steps as JSON, for workflow engines (docs/formats/plan.md)");
  command.flag("--overwrite", chosen->arguments.options.overwrite,
               "Plan for a search that replaces the results of another one in OUT");
  command.examples({"overland plan --library human.lib --out results *.mzML",
                    "overland plan --json --config results/config.json --out results"});
}

}  // namespace overland::cli
