#include <memory>

#include "cli/commands.h"
#include "stages/convert_library.h"

namespace overland::cli {

void add_export_library_command(Program& program) {
  const auto options = std::make_shared<stages::ExportOptions>();
  options->machine = program.machine();
  Command command = program.add(
      "export-library", "Writes a library folder as a table or library of another program",
      [options]() -> Result<void> {
        const Result<exchange::ExportReport> report = stages::export_from_lib(*options);
        if (!report) return std::unexpected(report.error());
        return {};
      });
  command.positional("LIBRARY", options->library, "Library folder, NAME.lib").required();
  command
      .option("-o,--out", options->file, "FILE",
              "File to write: .tsv or .parquet (DIA-NN), .msp, .blib (Skyline)")
      .required();
  command.option("--nce", options->settings.nce, "NCE",
                 "Collision energy for a spline library; default: its reference energy");
  command.flag("--decoys", options->settings.decoys,
               "Write decoys too, if the format can mark them; most programs make their own");
  command.flag("--overwrite", options->overwrite, "Replace an existing file");
}

}  // namespace overland::cli
