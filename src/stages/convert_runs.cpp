#include "stages/convert_runs.h"

#include <fmt/format.h>

#include <map>

#include "base/output_guard.h"
#include "base/progress.h"
#include "run/raw_run.h"
#include "run/run_writer.h"
#include "stages/log_reading.h"

namespace overland::stages {
namespace {

namespace fs = std::filesystem;

fs::path output_of(const fs::path& run, const ConvertOptions& options) {
  return (options.folder.empty() ? run.parent_path() : options.folder) /
         (run::run_name(run) + (options.format == RunFileFormat::arrow ? ".arrow" : ".mzML"));
}

Result<std::vector<fs::path>> checked_outputs(const ConvertOptions& options) {
  std::map<fs::path, fs::path> taken;  // output -> run
  std::vector<fs::path> outputs;
  for (const fs::path& run : options.runs) {
    const fs::path output = output_of(run, options);
    if (auto checked = check_output_file(output, options.runs, options.overwrite); !checked)
      return std::unexpected(checked.error());
    const auto [other, is_new] = taken.emplace(fs::absolute(output).lexically_normal(), run);
    if (!is_new)
      return fail(
          "OVL-USE-013",
          fmt::format("{} and {} would get the same name", other->second.string(), run.string()),
          output.string(), "Rename one of them, or convert them into two folders.");
    outputs.push_back(output);
  }
  return outputs;
}

Result<void> convert_one(const fs::path& source, const fs::path& output,
                         const ConvertOptions& options) {
  const Result<run::RawRun> run = run::open_run(source, options.machine);
  if (!run) return std::unexpected(run.error());
  log_reading(*run, options.machine);
  const Result<void> written = options.format == RunFileFormat::arrow
                                   ? run::write_run_arrow(*run, output, options.machine)
                                   : run::write_run_mzml(*run, output, options.machine);
  if (written)
    options.machine.info("{}: {} scans to {}", run->name(), grouped(run->scan_count()),
                         output.string());
  return written;
}

}  // namespace

Result<ConvertReport> convert_runs(const ConvertOptions& options) {
  const Result<std::vector<fs::path>> outputs = checked_outputs(options);
  if (!outputs) return std::unexpected(outputs.error());
  ConvertReport report;
  ProgressBar bar(options.machine, "convert", options.runs.size(), "runs");
  for (std::size_t i = 0; i < options.runs.size(); ++i) {
    const Result<void> done = convert_one(options.runs[i], (*outputs)[i], options);
    bar.tick();
    if (done)
      report.written.push_back((*outputs)[i]);
    else if (done.error().code == "OVL-IO-002")
      return std::unexpected(done.error());  // a full disk would fail every run
    else
      report.failed.push_back(done.error());
  }
  return report;
}

}  // namespace overland::stages
