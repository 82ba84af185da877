#include <fmt/format.h>

#include <array>
#include <memory>

#include "cli/invocation.h"
#include "stages/search_config.h"

namespace overland::cli {
namespace {

// A parameter file that exists: its name on the command line and what writes it.
struct ParameterFile {
  const char* name;
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
};

}  // namespace

void add_config_command(CLI::App& program, Invocation& invocation) {
  struct Options {
    std::string name;
    ConfigSource source;
  };
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      add_command(program, invocation, "config",
                  "Prints a parameter file with unit, range and meaning of each key",
                  [options]() -> Result<void> {
                    for (const ParameterFile& file : kParameterFiles) {
                      if (options->name != file.name) continue;
                      const Result<std::string> text = file.text(options->source);
                      if (!text) return std::unexpected(text.error());
                      return print(*text);
                    }
                    return {};  // not reached: the name was checked
                  });
  std::vector<std::string> names;
  for (const ParameterFile& file : kParameterFiles) names.emplace_back(file.name);
  command.add_option("name", options->name, "The command whose parameters are wanted")
      ->required()
      ->check(CLI::IsMember(names));
  add_config_source(command, options->source);
}

}  // namespace overland::cli
