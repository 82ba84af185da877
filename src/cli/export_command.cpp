#include <memory>

#include "cli/commands.h"
#include "commands/export_results.h"

namespace overland::cli {

void add_export_command(Program& program) {
  const auto options = std::make_shared<commands::ResultsExport>();
  options->machine = program.machine();
  const auto level = std::make_shared<std::string>("precursor");
  Command command = program.add(
      "export", "Writes the results of a search as files of other programs", [options, level] {
        options->by_fragment = *level == "fragment";
        return commands::export_results(*options);
      });
  command.positional("DIR", options->results, "Results folder of a search").required();
  command.option("-f,--format", options->format, "NAME", "File format (docs/formats/interop.md)")
      .required()
      .one_of(commands::export_format_names());
  command
      .option("-o,--out", options->out, "PATH", "File to write; for skyline and pioneer a folder")
      .required();
  command.option("--conditions", options->conditions, "FILE",
                 "Table with the columns Run and Condition; default: conditions by run names");
  command
      .option("--level", *level, "NAME",
              "Rows of msstats: one per precursor, or one per fragment (xic.parquet)")
      .one_of({"precursor", "fragment"});
  command.flag("--overwrite", options->overwrite, "Replace existing files");
}

}  // namespace overland::cli
