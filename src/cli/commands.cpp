#include "cli/commands.h"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "io/table/arrow_threads.h"
#include "run/vendor_file.h"

namespace overland::cli {

void add_machine(Program& program, Command& command, Machine& machine) {
  constexpr int kMost = 1024;
  machine = program.machine();
  command.option("-t,--threads", machine.threads, "N", "Threads; the results do not depend on them")
      .range(1, kMost)
      .when_read([&machine] { io::limit_arrow_threads(machine); });
}

void add_staging(Command& command, std::filesystem::path& folder) {
  command.option("--stage-dir", folder, "DIR",
                 "Folder for local copies of what URIs (s3://, gs://, abfs://) name; default: "
                 "$OVERLAND_STAGE_DIR, or overland in the user's cache folder");
}

void add_vendor_reading(Command& command, std::string& raw_reader, std::string& raw_converter) {
  command
      .option("--raw-reader", raw_reader, "WAY",
              "How Thermo .raw files are read: by a converter; directly, without the vendor's "
              "library (experimental); auto: by a converter if there is one")
      .one_of(names_of<run::RawReader>());
  command.option("--raw-converter", raw_converter, "PROGRAM",
                 "Converter of .raw and .wiff files, by its name on PATH or by its file; default: "
                 "ThermoRawFileParser or msconvert, if it is on PATH");
}

void add_config_source(Command& command, ConfigSource& source) {
  command.option("-c,--config", source.file, "FILE", "JSON file with parameters");
  command.option("--set", source.assignments, "SECTION.KEY=VALUE",
                 "Sets one parameter; may be repeated");
}

Result<std::string> read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || text.fail())
    return fail("OVL-CFG-004", "cannot read the configuration file", file.string(),
                "Check the path and the permissions, and that the file is not empty.");
  return text.str();
}

Result<void> apply(const ConfigSource& source, ConfigSchema& schema) {
  if (!source.file.empty()) {
    const auto text = read_text(source.file);
    if (!text) return std::unexpected(text.error());
    if (auto done = schema.apply_json(*text, source.file.string()); !done) return done;
  }
  for (const std::string& assignment : source.assignments)
    if (auto done = schema.apply_assignment(assignment); !done) return done;
  return {};
}

Result<void> print(const std::string& text) {
  const bool is_written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (is_written) return {};
  return fail("OVL-IO-002", "cannot write to standard output", "stdout",
              "Check the target of the output and that the disk is not full.");
}

}  // namespace overland::cli
