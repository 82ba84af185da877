#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "commands/convert_runs.h"

namespace overland::cli {
namespace {

struct ConvertArguments {
  commands::ConvertOptions options;
  std::string format = "arrow";
  std::string raw_reader = to_text(run::RawReader::automatic);
};

Result<void> convert(ConvertArguments& arguments) {
  commands::ConvertOptions& options = arguments.options;
  if (arguments.format == "mzml") options.format = commands::RunFileFormat::mzml;
  options.vendor.reader =
      from_text<run::RawReader>(arguments.raw_reader).value_or(options.vendor.reader);
  const Result<commands::ConvertReport> report = commands::convert_runs(options);
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
  const auto arguments = std::make_shared<ConvertArguments>();
  commands::ConvertOptions& options = arguments->options;
  Command command =
      program.add("convert", "Converts runs to Arrow files, which open fast, or to mzML",
                  [arguments] { return convert(*arguments); });
  command.when_stopped(
      "The files of finished runs stay: leave these runs out when you give the command again, or "
      "give --overwrite.");
  command
      .positional("RUN", options.runs,
                  "Runs to convert: .mzML, .mzXML (also with .gz), .arrow, Thermo .raw or SCIEX "
                  ".wiff files")
      .required()
      .or_uri();
  command
      .option("-o,--out", options.folder, "DIR",
              "Folder for the files; default: the folder of each run")
      .or_uri();
  add_staging(command, options.staging);
  command.option("--format", arguments->format, "FORMAT", "Output format: arrow or mzml")
      .one_of({"arrow", "mzml"});
  add_vendor_reading(command, arguments->raw_reader, options.vendor.converter);
  add_machine(program, command, options.machine);
  command.flag("--overwrite", options.overwrite, "Replace existing files");
}

}  // namespace overland::cli
