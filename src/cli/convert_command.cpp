#include <fmt/format.h>

#include <memory>

#include "cli/invocation.h"
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

void add_convert_command(CLI::App& program, Invocation& invocation) {
  const auto options = std::make_shared<ConvertOptions>();
  CLI::App& command = add_command(program, invocation, "convert",
                                  "Runs (mzML, mzML.gz) to Arrow files, which open at once",
                                  [options] { return convert(*options); });
  command.add_option("runs", options->runs, "Runs to convert")->required()->option_text("RUN ...");
  command.add_option("-o,--out", options->folder, "Folder for the files; default: beside each run")
      ->option_text("DIR");
  command.add_flag("--overwrite", options->overwrite, "Replace files that exist");
}

}  // namespace overland::cli
