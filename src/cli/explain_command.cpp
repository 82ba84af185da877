#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "explain/explain.h"

namespace overland::cli {
namespace {

struct ExplainArguments {
  explain::ExplainOptions options;
  std::filesystem::path html;
  bool wants_json = false;
};

Result<void> run_explain(const ExplainArguments& arguments) {
  const auto explanation = explain::explain(arguments.options);
  if (!explanation) return std::unexpected(explanation.error());
  if (!arguments.html.empty()) {
    if (auto done = explain::write_explanation_page(*explanation, arguments.html); !done)
      return done;
    arguments.options.machine.info("page: {}", arguments.html.string());
  }
  if (arguments.wants_json) return print(explain::explanation_json(*explanation).dump(1) + "\n");
  return print(explain::explanation_text(*explanation));
}

}  // namespace

void add_explain_command(Program& program) {
  const auto arguments = std::make_shared<ExplainArguments>();
  Command command = program.add(
      "explain", "Shows how one precursor in one run passed or failed each gate of the search",
      [arguments] { return run_explain(*arguments); });
  explain::ExplainOptions& options = arguments->options;
  command
      .positional("PEPTIDE/Z", options.precursor, "Modified sequence and charge: AAC(UniMod:4)K/2")
      .required();
  command.positional("DIR", options.results, "Results folder of a search").required();
  command.option("--run", options.run, "RUN", "Name of the run, as in runs.parquet").required();
  command.option(
      "-l,--library", options.library, "LIBRARY",
      "Present path of the search's NAME.lib; default: its path at the time of the search");
  command.flag("--json", arguments->wants_json, "Print JSON instead of text");
  command.option("--html", arguments->html, "FILE", "Also write an HTML page with plots");
  add_machine(program, command, options.machine);
}

}  // namespace overland::cli
