#include <memory>

#include "cli/commands.h"
#include "stages/make_library.h"

namespace overland::cli {

void add_import_library_command(Program& program) {
  const auto options = std::make_shared<stages::MakeLibraryOptions>();
  Command command = program.add(
      "import-library",
      "Library of another program (DIA-NN, Spectronaut, Skyline, Pioneer, ...) to a folder",
      [options]() -> Result<void> {
        const Result<stages::MadeLibrary> made = stages::make_library(*options);
        if (!made) return std::unexpected(made.error());
        return {};
      });
  constexpr int kMostDecoys = 16;
  command
      .positional("SOURCE", options->table,
                  "Table (TSV, CSV, Parquet, Arrow), MSP, SPTXT, DLIB, BLIB, PQP, or folder .poin")
      .required();
  command.option("-o,--out", options->folder, "NAME.lib", "Library folder to make").required();
  command
      .option("--decoys", options->decoys_per_target, "N",
              "Decoys for each target, in place of the source's own; 0 makes none. Default: the "
              "source's own, else 1")
      .range(0, kMostDecoys);
  command.option("--seed", options->seed, "N", "Seed of the decoys' random streams");
  command.flag("--overwrite", options->overwrite, "Replace a library that exists");
}

}  // namespace overland::cli
