#include <memory>

#include "cli/commands.h"
#include "stages/export_file.h"

namespace overland::cli {

void add_export_library_command(Program& program) {
  const auto options = std::make_shared<stages::ExportOptions>();
  Command command =
      program.add("export-library", "Library folder to a table or library of another program",
                  [options]() -> Result<void> {
                    const Result<exchange::ExportReport> report = stages::export_file(*options);
                    if (!report) return std::unexpected(report.error());
                    return {};
                  });
  command.positional("LIBRARY", options->library, "Library folder, NAME.lib").required();
  command
      .option("-o,--out", options->file, "FILE",
              "File to make: .tsv or .parquet (DIA-NN), .msp, .blib (Skyline)")
      .required();
  command.option("--nce", options->settings.nce, "NCE",
                 "Collision energy of a library of splines; default: its reference energy");
  command.flag("--decoys", options->settings.decoys,
               "Decoys too, where the format can tell them; most programs make their own");
  command.flag("--overwrite", options->overwrite, "Replace a file that exists");
}

}  // namespace overland::cli
