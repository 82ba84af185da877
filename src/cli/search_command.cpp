#include <fmt/format.h>

#include <memory>
#include <optional>

#include "base/memory.h"
#include "cli/commands.h"
#include "stages/pipeline.h"

namespace overland::cli {
namespace {

struct SearchArguments {
  stages::SearchOptions options;
  ConfigSource config, build;
  bool wants_tsv = false, wants_decoys = false, wants_entrapments = false;
  bool has_no_entrapments = false;
  bool wants_transfer = false, wants_no_transfer = false;
  bool only_prepares = false;
  std::optional<double> report_q;
  std::optional<int> entrapments;
  std::string max_ram;
};

Result<void> apply_assignments(const std::vector<std::string>& assignments, ConfigSchema& schema) {
  for (const std::string& assignment : assignments)
    if (auto done = schema.apply_assignment(assignment); !done) return done;
  return {};
}

// Precedence: default < file < --set < the options that stand for a parameter.
Result<void> search(SearchArguments& arguments) {
  if (!arguments.max_ram.empty()) {
    const auto bytes = parse_memory_size(arguments.max_ram);
    if (!bytes) return std::unexpected(bytes.error());
    arguments.options.machine.max_ram = *bytes;
  }
  stages::SearchFile file(arguments.options);
  ConfigSchema& schema = file.parameters();
  ConfigSchema& build = file.build();
  if (!arguments.config.file.empty()) {
    if (auto done = file.read(arguments.config.file); !done) return done;
  }
  if (auto done = apply_assignments(arguments.config.assignments, schema); !done) return done;
  if (auto done = apply(arguments.build, build); !done) return done;
  if (arguments.has_no_entrapments) arguments.entrapments = 0;
  if (arguments.entrapments) {
    const auto done =
        build.apply_assignment(fmt::format("entrapments.per_target={}", *arguments.entrapments));
    if (!done) return done;
  }
  bool& transfer = arguments.options.config.transfer.enabled;
  transfer = (transfer || arguments.wants_transfer) && !arguments.wants_no_transfer;
  params::ReportConfig& report = arguments.options.config.report;
  report.tsv = report.tsv || arguments.wants_tsv;
  report.decoys = report.decoys || arguments.wants_decoys;
  report.entrapments = report.entrapments || arguments.wants_entrapments;
  if (arguments.report_q) {
    const auto done =
        schema.apply_assignment(fmt::format("report.q_value={}", *arguments.report_q));
    if (!done) return done;
  }
  return arguments.only_prepares ? stages::prepare_search(arguments.options)
                                 : stages::run_search(arguments.options);
}

}  // namespace

void add_search_command(Program& program) {
  auto arguments = std::make_shared<SearchArguments>();
  Command command = program.add("search", "Finds and quantifies the library's precursors in runs",
                                [arguments, &program] {
                                  arguments->options.command_line = program.command_line();
                                  return search(*arguments);
                                });
  stages::SearchOptions& options = arguments->options;
  command.positional("RUN", options.runs,
                     ".mzML, .mzML.gz or .arrow files; none where --config names them");
  command.option("-l,--library", options.library, "LIBRARY",
                 "NAME.lib, or a library of another program (docs/guide)");
  command.option("-f,--fasta", options.build.fasta, "FASTA",
                 "Proteins, in place of a library, which is predicted from them; may be repeated");
  command.option("--contaminants", options.build.contaminants, "FASTA",
                 "More proteins, whose accessions get the prefix Cont_");
  command.option("--library-config", arguments->build.file, "FILE",
                 "JSON file with parameters of the build (overland config build-library)");
  command.option("--library-set", arguments->build.assignments, "SECTION.KEY=VALUE",
                 "Sets one parameter of the build; may be repeated");
  command.option("--entrapments", arguments->entrapments, "N",
                 "Sets entrapments.per_target of the build: shuffled peptides for each target, by "
                 "which `overland audit` checks the error rates; default 1");
  command.flag("--no-entrapments", arguments->has_no_entrapments,
               "Builds a library half the size, whose error rates cannot be audited");
  command.option("--library-cache", options.build.cache, "DIR",
                 "Keeps built libraries there by content, for all searches; default: in OUT");
  command.option("--predictor", options.build.predictor.name, "NAME",
                 "embedded, a model of train-predictor, or koina:MODEL+MODEL");
  command.flag("--refine", options.refine,
               "Tunes the predictor on what a first round finds, and searches again");
  command.option("-o,--out", options.out, "DIR", "Results folder; the same command resumes there")
      .required();
  add_threads(command, options.machine.threads);
  command.option("--max-ram", arguments->max_ram, "SIZE",
                 "Memory that the program may hold, as 8G; default: what the machine has free");
  command.option(
      "-c,--config", arguments->config.file, "FILE",
      "JSON file with parameters; config.json of a results folder runs that search again");
  command.option("--set", arguments->config.assignments, "SECTION.KEY=VALUE",
                 "Sets one parameter; may be repeated");
  command.option("--report-q", arguments->report_q, "Q",
                 "q-value of the report, in place of report.q_value");
  command.flag("--report-decoys", arguments->wants_decoys, "Report decoys too");
  command.flag("--report-entrapments", arguments->wants_entrapments,
               "Report entrapments too, as though they were targets");
  command.flag("--mbr", arguments->wants_transfer,
               "Match between runs: also report what other runs lead to expect");
  command.flag("--no-mbr", arguments->wants_no_transfer, "Each run by its own evidence alone");
  command.flag("--tsv", arguments->wants_tsv, "Write TSV tables beside the Parquet ones");
  command.flag("--pioneer-tables", options.pioneer_tables,
               "Write the tables of Pioneer, too, into OUT/pioneer");
  command.flag("--prepare", arguments->only_prepares,
               "Writes OUT/config.json and stops: the stages are done with `overland stage`");
  command.flag("--strict", options.is_strict, "Stop at the first run that fails");
}

}  // namespace overland::cli
