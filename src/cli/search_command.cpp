#include <fmt/format.h>

#include <memory>

#include "base/parallel.h"
#include "cli/invocation.h"
#include "stages/pipeline.h"

namespace overland::cli {
namespace {

struct SearchArguments {
  SearchOptions options;
  ConfigSource config;
  bool wants_tsv = false, wants_decoys = false;
  double report_q = -1;
};

Result<void> search(SearchArguments& arguments) {
  ConfigSchema schema = search_schema(arguments.options.config);
  if (auto done = apply(arguments.config, schema); !done) return done;
  ReportConfig& report = arguments.options.config.report;
  report.tsv = report.tsv || arguments.wants_tsv;
  report.decoys = report.decoys || arguments.wants_decoys;
  if (arguments.report_q >= 0) {
    const auto done = schema.apply_assignment(fmt::format("report.q_value={}", arguments.report_q));
    if (!done) return done;
  }
  return run_search(arguments.options);
}

}  // namespace

void add_search_command(CLI::App& program, Invocation& invocation) {
  auto arguments = std::make_shared<SearchArguments>();
  CLI::App& command = add_command(program, invocation, "search",
                                  "Finds and quantifies the library's precursors in runs",
                                  [arguments, &invocation] {
                                    arguments->options.command_line = invocation.command_line;
                                    return search(*arguments);
                                  });
  SearchOptions& options = arguments->options;
  command.add_option("RUN", options.runs, ".mzML, .mzML.gz or .arrow files")->required();
  command.add_option("-l,--library", options.library, "NAME.lib, or a TSV, CSV or Parquet library")
      ->required();
  command.add_option("-o,--out", options.out, "results folder; the same command resumes there")
      ->required();
  options.threads = available_threads();
  add_threads(command, options.threads);
  add_config_source(command, arguments->config);
  command.add_option("--report-q", arguments->report_q,
                     "q-value of the report [report.q_value, 0.01]");
  command.add_flag("--report-decoys", arguments->wants_decoys, "report decoys too");
  command.add_flag("--tsv", arguments->wants_tsv, "write TSV tables beside the Parquet ones");
  command.add_flag("--strict", options.is_strict, "stop at the first run that fails");
}

}  // namespace overland::cli
