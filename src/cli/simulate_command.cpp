#include <memory>

#include "base/files/output_guard.h"
#include "cli/commands.h"
#include "simulate/simulate.h"

namespace overland::cli {
namespace {

struct SimulateArguments {
  ConfigSource config;
  std::filesystem::path out;
  Machine machine = {};
};

Result<void> run_simulation(const SimulateArguments& arguments) {
  simulate::SimulationConfig config;
  ConfigSchema schema = simulate::simulation_schema(config);
  if (auto done = apply(arguments.config, schema); !done) return done;
  Paths inputs;
  if (!config.proteome.library_file.empty()) inputs.emplace_back(config.proteome.library_file);
  if (auto checked = check_output_folder(arguments.out, inputs); !checked) return checked;
  const auto report = simulate::simulate(config, arguments.out, arguments.machine);
  if (!report) return std::unexpected(report.error());
  arguments.machine.info("{}", report->summary());
  arguments.machine.info("files: {}", arguments.out.string());
  return {};
}

}  // namespace

void add_simulate_command(Program& program) {
  const auto arguments = std::make_shared<SimulateArguments>();
  Command command =
      program.add("simulate", "Simulates DIA runs with known truth, and their library",
                  [arguments] { return run_simulation(*arguments); });
  command.option("-o,--out", arguments->out, "DIR", "Folder to write to").required();
  add_machine(program, command, arguments->machine);
  add_config_source(command, arguments->config);
}

}  // namespace overland::cli
