#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <string_view>

#include "cli/commands.h"
#include "commands/pioneer_config.h"
#include "params/build_config.h"
#include "params/search_config.h"
#include "simulate/world/settings.h"

namespace overland::cli {
namespace {

constexpr const char* kFromPioneer = "from-pioneer";

struct Options {
  std::string name;
  std::vector<std::filesystem::path> files;
  ConfigSource source;
  bool as_markdown = false;
};

// A kind of parameter file: its name on the command line and the function that writes it.
struct ParameterFile {
  std::string_view name;
  Result<std::string> (*text)(const Options& options);
};

template <class Config, ConfigSchema (*schema_of)(Config&)>
Result<std::string> text_of(const Options& options) {
  Config config;
  ConfigSchema schema = schema_of(config);
  if (auto done = apply(options.source, schema); !done) return std::unexpected(done.error());
  return options.as_markdown ? schema.to_markdown() : schema.to_commented_json();
}

constexpr std::array kParameterFiles{
    ParameterFile{"search", text_of<params::SearchConfig, params::search_schema>},
    ParameterFile{"build-library", text_of<params::BuildConfig, params::build_schema>},
    ParameterFile{"simulate", text_of<simulate::SimulationConfig, simulate::simulation_schema>},
};

Result<void> print_translated(const Options& options) {
  if (options.files.size() != 1)
    return fail("OVL-USE-021", "from-pioneer requires exactly one file", "overland config",
                "Write: overland config from-pioneer params.json");
  const auto text = read_text(options.files.front());
  if (!text) return std::unexpected(text.error());
  const auto translated =
      commands::search_config_from_pioneer(*text, options.files.front().string());
  if (!translated) return std::unexpected(translated.error());
  return print(*translated);
}

Result<void> print_parameters(const Options& options) {
  if (options.name == kFromPioneer) return print_translated(options);
  if (!options.files.empty())
    return fail("OVL-USE-021", "only from-pioneer takes a file as argument", "overland config",
                "Give the file with --config.");
  const auto file = std::ranges::find(kParameterFiles, options.name, &ParameterFile::name);
  const Result<std::string> text = file->text(options);
  if (!text) return std::unexpected(text.error());
  return print(*text);
}

}  // namespace

void add_config_command(Program& program) {
  const auto options = std::make_shared<Options>();
  Command command =
      program.add("config", "Prints a parameter file with unit, range and description of each key",
                  [options] { return print_parameters(*options); });
  std::vector<std::string> names;
  for (const ParameterFile& file : kParameterFiles) names.emplace_back(file.name);
  command.positional("NAME", options->name, fmt::format("{}", fmt::join(names, ", ")))
      .required()
      .one_of([&] {
        auto all = names;
        all.emplace_back(kFromPioneer);
        return all;
      }());
  command.positional(
      "FILE", options->files,
      "With the name from-pioneer: a parameter file of Pioneer's SearchDIA, which is "
      "converted to a parameter file for `overland search`");
  add_config_source(command, options->source);
  command.flag("--markdown", options->as_markdown, "Print a Markdown table instead");
}

}  // namespace overland::cli
