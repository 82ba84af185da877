#include "commands/convert_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/files/output_guard.h"
#include "base/progress.h"
#include "io/store/staging.h"
#include "io/store/store_uri.h"
#include "run/raw_run.h"
#include "run/run_file.h"
#include "run/run_writer.h"
#include "stages/log_reading.h"

namespace overland::commands {
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
  run::VendorReading vendor = options.vendor;
  vendor.scratch = fs::absolute(output).parent_path();
  const Result<run::FileRun> opened = run::open_run_file(source, options.machine, vendor);
  if (!opened) return std::unexpected(opened.error());
  const run::RawRun& run = opened->run;
  stages::log_reading(run, options.machine);
  const Result<void> written = options.format == RunFileFormat::arrow
                                   ? run::write_run_arrow(run, output, options.machine)
                                   : run::write_run_mzml(run, output, options.machine);
  if (written)
    options.machine.info("{}: {} scans to {}", run.name(), grouped(run.scan_count()),
                         output.string());
  return written;
}

Result<ConvertReport> convert_local_files(const ConvertOptions& options) {
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

// No object is replaced unasked.
Result<void> check_objects(const ConvertOptions& options) {
  for (const fs::path& run : options.runs) {
    const std::string uri =
        io::uri_below(options.folder.native(), output_of(run, options).filename().native());
    const auto is_there = io::object_exists(uri, options.machine);
    if (!is_there) return std::unexpected(is_there.error());
    if (*is_there)
      return fail("OVL-USE-012", "the output exists already", io::without_secrets(uri),
                  "Give --overwrite to replace it, or another place with --out.");
  }
  return {};
}

Result<void> upload_runs(const io::Staging& staging, const std::vector<fs::path>& files,
                         const std::string& uri) {
  for (const fs::path& file : files) {
    const std::string place = io::uri_below(uri, file.filename().native());
    if (auto done = staging.upload_file(file, place); !done) return done;
    std::error_code ignored;
    fs::remove(file, ignored);
  }
  return {};
}

}  // namespace

Result<ConvertReport> convert_runs(const ConvertOptions& given) {
  ConvertOptions options = given;
  const auto is_remote = [](const fs::path& path) { return io::is_uri(path.native()); };
  if (options.folder.empty() && std::ranges::any_of(options.runs, is_remote))
    return fail("OVL-USE-017", "a run is a URI, and no folder for the files is given", "",
                "Give a folder with --out.");
  const bool is_uploaded = is_remote(options.folder);
  const std::string uri = options.folder.native();
  if (is_uploaded && !options.overwrite)
    if (auto done = check_objects(options); !done) return std::unexpected(done.error());
  const io::Staging staging(options.staging, options.machine);
  if (auto done = staging.replace(options.runs); !done) return std::unexpected(done.error());
  if (!is_uploaded) return convert_local_files(options);
  options.folder = staging.output(uri);
  options.overwrite = true;  // what an earlier upload left
  auto report = convert_local_files(options);
  if (!report) return report;
  if (auto done = upload_runs(staging, report->written, uri); !done)
    return std::unexpected(done.error());
  return report;
}

}  // namespace overland::commands
