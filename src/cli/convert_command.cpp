#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "stages/convert_runs.h"

namespace overland::cli {
namespace {

Result<void> convert(const ConvertOptions& options) {
  const Result<ConvertReport> report = convert_runs(options);
  if (!report) return std::unexpected(report.error());
  if (report->failed.empty()) return {};
  if (options.runs.size() == 1) return std::unexpected(report->failed.front());
  std::string causes;
  for (const Error& error : report->failed) causes += "\n  " + error.message();
  return fail("OVL-COH-001",
              fmt::format("{} of {} runs could not be converted", report->failed.size(),
                          options.runs.size()),
              "the others are done", "The causes:" + causes);
}

}  // namespace

void add_convert_command(Program& program) {
  const auto options = std::make_shared<ConvertOptions>();
  Command command =
      program.add("convert", "Runs (mzML, mzML.gz) to Arrow files, which open at once",
                  [options] { return convert(*options); });
  command.positional("RUN", options->runs, "Runs to convert").required();
  command.option("-o,--out", options->folder, "DIR",
                 "Folder for the files; default: beside each run");
  command.flag("--overwrite", options->overwrite, "Replace files that exist");
}

}  // namespace overland::cli
