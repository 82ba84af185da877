#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "stages/convert_library.h"

namespace overland::cli {

void add_import_library_command(Program& program) {
  const auto options = std::make_shared<stages::ImportToLibOptions>();
  const auto modifications = std::make_shared<std::vector<std::string>>();
  options->machine = program.machine();
  Command command = program.add(
      "import-library",
      "Converts a library of another program (DIA-NN, Spectronaut, Skyline, Pioneer, ...)",
      [options, modifications]() -> Result<void> {
        options->modifications = fmt::format("{}", fmt::join(*modifications, ";"));
        const Result<stages::ImportedToLib> made = stages::import_to_lib(*options);
        if (!made) return std::unexpected(made.error());
        return {};
      });
  constexpr int kMostDecoys = 16;
  command
      .positional("SOURCE", options->table,
                  "Table (TSV, CSV, Parquet, Arrow), MSP, SPTXT, DLIB, BLIB, PQP, or folder .poin")
      .required();
  command.option("-o,--out", options->folder, "NAME.lib", "Library folder to write").required();
  command
      .option("--decoys", options->decoys_per_target, "N",
              "Number of decoys to make per target instead of the source's decoys; 0 makes none. "
              "Default: the "
              "decoys of the source if it has any, else 1")
      .range(0, kMostDecoys);
  command.option("--modification", *modifications, "RULE",
                 "Modification that only this library names, e.g. 'DBIA=+239.1634@C'; may be "
                 "repeated");
  command.option("--seed", options->seed, "N", "Seed of the random numbers for decoys");
  command.flag("--overwrite", options->overwrite, "Replace an existing library");
}

}  // namespace overland::cli
