#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "commands/remote_library.h"
#include "io/store/staging.h"
#include "stages/convert_library.h"

namespace overland::cli {
namespace {

struct ImportArguments {
  stages::ImportToLibOptions options;
  std::vector<std::string> modifications;
  std::filesystem::path staging;
};

Result<void> import_library(const ImportArguments& arguments) {
  stages::ImportToLibOptions options = arguments.options;
  options.modifications = fmt::format("{}", fmt::join(arguments.modifications, ";"));
  const io::Staging staging(arguments.staging, options.machine);
  if (auto done = staging.replace(options.table); !done) return done;
  const commands::LibraryPlace place{options.folder, arguments.staging, options.overwrite,
                                     options.machine};
  return commands::make_library_at(place, [&](const std::filesystem::path& folder) -> Result<void> {
    options.folder = folder;
    const auto made = stages::import_to_lib(options);
    if (!made) return std::unexpected(made.error());
    return {};
  });
}

}  // namespace

void add_import_library_command(Program& program) {
  const auto arguments = std::make_shared<ImportArguments>();
  stages::ImportToLibOptions* const options = &arguments->options;
  options->machine = program.machine();
  Command command = program.add(
      "import-library",
      "Converts a library of another program (DIA-NN, Spectronaut, Skyline, Pioneer, ...)",
      [arguments] { return import_library(*arguments); });
  constexpr int kMostDecoys = 16;
  command
      .positional("SOURCE", options->table,
                  "Table (TSV, CSV, Parquet, Arrow), MSP, SPTXT, DLIB, BLIB, PQP, .speclib, or "
                  "folder .poin")
      .required()
      .or_uri();
  command.option("-o,--out", options->folder, "NAME.lib", "Library folder to write")
      .required()
      .or_uri();
  add_staging(command, arguments->staging);
  command
      .option("--decoys", options->decoys_per_target, "N",
              "Number of decoys to make per target instead of the source's decoys; 0 makes none. "
              "Default: the "
              "decoys of the source if it has any, else 1")
      .range(0, kMostDecoys);
  command.option("--modification", arguments->modifications, "RULE",
                 "Modification that only this library names, e.g. 'DBIA=+239.1634@C'; may be "
                 "repeated");
  command.option("--seed", options->seed, "N", "Seed of the random numbers for decoys");
  command.flag("--overwrite", options->overwrite, "Replace an existing library");
}

}  // namespace overland::cli
