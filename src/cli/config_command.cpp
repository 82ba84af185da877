#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "cli/commands.h"
#include "simulate/settings.h"
#include "stages/search_config.h"

namespace overland::cli {
namespace {

// A parameter file that exists: its name on the command line and what writes it.
struct ParameterFile {
  std::string_view name;
  Result<std::string> (*text)(const ConfigSource& source);
};

template <class Config, ConfigSchema (*schema_of)(Config&)>
Result<std::string> commented(const ConfigSource& source) {
  Config config;
  ConfigSchema schema = schema_of(config);
  if (auto done = apply(source, schema); !done) return std::unexpected(done.error());
  return schema.to_commented_json();
}

constexpr std::array kParameterFiles{
    ParameterFile{"search", commented<SearchConfig, search_schema>},
    ParameterFile{"simulate", commented<SimulationConfig, simulation_schema>},
};

Result<void> print_parameters(const std::string& name, const ConfigSource& source) {
  const auto file = std::ranges::find(kParameterFiles, name, &ParameterFile::name);
  const Result<std::string> text = file->text(source);
  if (!text) return std::unexpected(text.error());
  return print(*text);
}

}  // namespace

void add_config_command(Program& program) {
  struct Options {
    std::string name;
    ConfigSource source;
  };
  const auto options = std::make_shared<Options>();
  Command command =
      program.add("config", "Prints a parameter file with unit, range and meaning of each key",
                  [options] { return print_parameters(options->name, options->source); });
  std::vector<std::string> names;
  for (const ParameterFile& file : kParameterFiles) names.emplace_back(file.name);
  command.positional("NAME", options->name, fmt::format("{}", fmt::join(names, ", ")))
      .required()
      .one_of(names);
  add_config_source(command, options->source);
}

}  // namespace overland::cli
