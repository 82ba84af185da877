#include <memory>

#include "cli/commands.h"
#include "run/compare_runs.h"

namespace overland::cli {
namespace {

Result<void> compare(const run::CheckRawOptions& options) {
  const auto comparison = run::check_raw(options);
  if (!comparison) return std::unexpected(comparison.error());
  if (auto done = print(run::comparison_text(*comparison)); !done) return done;
  return run::expect_equal(*comparison, options.raw.string());
}

}  // namespace

void add_check_raw_command(Program& program) {
  const auto options = std::make_shared<run::CheckRawOptions>();
  Command command = program.add(
      "check-raw", "Compares a Thermo RAW file, read directly, with its own conversion to mzML",
      [options] { return compare(*options); });
  command.positional("RAW", options->raw, "Thermo .raw file of version 66 with centroids")
      .required();
  command
      .positional("MZML", options->converted,
                  "Its conversion: .mzML, .mzXML (also with .gz) or .arrow")
      .required();
  add_machine(program, command, options->machine);
  command.examples({"overland check-raw run1.raw run1.mzML"});
}

}  // namespace overland::cli
