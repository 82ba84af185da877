#include <memory>

#include "base/log.h"
#include "cli/commands.h"
#include "simulate/simulate.h"
#include "stages/output_guard.h"

namespace overland::cli {
namespace {

struct SimulateArguments {
  SimulationConfig settings;
  ConfigSource source;
  std::filesystem::path out;
  int threads = 1;
};

Result<void> run_simulation(SimulateArguments& arguments) {
  SimulationConfig& settings = arguments.settings;
  ConfigSchema schema = simulation_schema(settings);
  if (auto done = apply(arguments.source, schema); !done) return done;
  Paths inputs;
  if (!settings.proteome.library_file.empty()) inputs.emplace_back(settings.proteome.library_file);
  if (auto checked = check_output_folder(arguments.out, inputs); !checked) return checked;
  const auto report = simulate(settings, arguments.out, arguments.threads);
  if (!report) return std::unexpected(report.error());
  log_info("{}", report->summary());
  return {};
}

}  // namespace

void add_simulate_command(Program& program) {
  const auto arguments = std::make_shared<SimulateArguments>();
  Command command =
      program.add("simulate", "Makes DIA runs with known truth, and a library to search them with",
                  [arguments] { return run_simulation(*arguments); });
  command.option("-o,--out", arguments->out, "DIR", "Folder for runs, library and truth")
      .required();
  add_threads(command, arguments->threads);
  add_config_source(command, arguments->source);
}

}  // namespace overland::cli
