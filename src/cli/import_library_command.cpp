#include <memory>

#include "cli/invocation.h"
#include "stages/make_library.h"

namespace overland::cli {

void add_import_library_command(CLI::App& program, Invocation& invocation) {
  const auto options = std::make_shared<MakeLibraryOptions>();
  CLI::App& command =
      add_command(program, invocation, "import-library",
                  "Library table of DIA-NN, Spectronaut, OpenSWATH or Skyline to a library folder",
                  [options]() -> Result<void> {
                    const Result<MadeLibrary> made = make_library(*options);
                    if (!made) return std::unexpected(made.error());
                    return {};
                  });
  constexpr int kMostDecoys = 16;
  command.add_option("table", options->table, "TSV, CSV (plain or gzip) or Parquet")
      ->required()
      ->option_text("TABLE");
  command.add_option("-o,--out", options->folder, "Library folder to make")
      ->required()
      ->option_text("NAME.lib");
  command
      .add_option("--decoys", options->decoys_per_target,
                  "Decoys for each target, in place of the table's own; 0 makes none. Default: the "
                  "table's own, else 1")
      ->option_text("N")
      ->check(CLI::Range(0, kMostDecoys));
  command.add_option("--seed", options->seed, "Seed of the decoys' random streams");
  command.add_flag("--overwrite", options->overwrite, "Replace a library that exists");
}

}  // namespace overland::cli
