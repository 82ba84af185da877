#include "cli/search_arguments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/resources.h"

namespace overland::cli {
namespace {

Result<void> apply_assignments(const std::vector<std::string>& assignments, ConfigSchema& schema) {
  for (const std::string& assignment : assignments)
    if (auto done = schema.apply_assignment(assignment); !done) return done;
  return {};
}

}  // namespace

Result<void> read_search_arguments(SearchArguments& arguments) {
  if (!arguments.max_ram.empty()) {
    const auto bytes = parse_memory_size(arguments.max_ram);
    if (!bytes) return std::unexpected(bytes.error());
    arguments.options.machine.max_ram = *bytes;
  }
  run::VendorReading& vendor = arguments.options.vendor;
  vendor.reader = from_text<run::RawReader>(arguments.raw_reader).value_or(vendor.reader);
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
  if (!arguments.modifications.empty()) {
    arguments.options.config.library_modifications =
        fmt::format("{}", fmt::join(arguments.modifications, ";"));
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
  return {};
}

void add_search_arguments(Program& program, Command& command, SearchArguments& arguments) {
  stages::SearchOptions& options = arguments.options;
  command
      .positional("RUN", options.runs,
                  "Runs: .mzML, .mzXML (also with .gz), .arrow, Thermo .raw or SCIEX .wiff files; "
                  "omit if --config names them")
      .or_uri();
  command
      .option("-l,--library", options.library, "LIBRARY",
              "Spectral library: NAME.lib, or a library of another program (docs/guide)")
      .or_uri();
  command.option("--modification", arguments.modifications, "RULE",
                 "Modification that only this library names, e.g. 'DBIA=+239.1634@C'; may be "
                 "repeated (sets search.library_modifications)");
  command
      .option("-f,--fasta", options.build.fasta, "FASTA",
              "FASTA file of proteins, from which the library is predicted; may be repeated")
      .or_uri();
  command
      .option("--contaminants", options.build.contaminants, "FASTA",
              "FASTA file of contaminants, whose accessions get the prefix Cont_")
      .or_uri();
  command.option("--library-config", arguments.build.file, "FILE",
                 "JSON file with parameters of the library build (overland config build-library)");
  command.option("--library-set", arguments.build.assignments, "SECTION.KEY=VALUE",
                 "Sets one parameter of the library build; may be repeated");
  command.option("--entrapments", arguments.entrapments, "N",
                 "Sets entrapments.per_target of the library build: shuffled peptides per target, "
                 "with which `overland audit` checks the error rates; default 1");
  command.flag("--no-entrapments", arguments.has_no_entrapments,
               "Build the library without entrapments: half the size, but no audit of error rates");
  command.option("--library-cache", options.build.cache, "DIR",
                 "Folder of built libraries, which several searches can use; default: in OUT");
  command.option("--predictor", options.build.predictor.name, "NAME",
                 "Predictor: embedded, a model file of train-predictor, or koina:MODEL+MODEL");
  command.flag("--refine", options.refine,
               "Tune the predictor on the identifications of a first round, and search again");
  command
      .option("-o,--out", options.out, "DIR",
              "Results folder; the same command continues an interrupted search")
      .required()
      .or_uri();
  add_staging(command, options.staging);
  add_vendor_reading(command, arguments.raw_reader, options.vendor.converter);
  add_machine(program, command, options.machine);
  command.option("--max-ram", arguments.max_ram, "SIZE",
                 "Maximum memory of the program, such as 8G; default: the free memory");
  command.option("-c,--config", arguments.config.file, "FILE",
                 "JSON file with parameters; config.json of a results folder repeats its search");
  command.option("--set", arguments.config.assignments, "SECTION.KEY=VALUE",
                 "Sets one parameter; may be repeated");
  command.option("--report-q", arguments.report_q, "Q",
                 "Sets report.q_value, the maximum q-value of the report");
  command.flag("--report-decoys", arguments.wants_decoys, "Report decoys too");
  command.flag("--report-entrapments", arguments.wants_entrapments,
               "Report entrapments too, as if they were targets");
  command.flag("--mbr", arguments.wants_transfer,
               "Match between runs: also report precursors transferred from other runs");
  command.flag("--no-mbr", arguments.wants_no_transfer, "No match between runs");
  command.flag("--tsv", arguments.wants_tsv, "Write TSV tables in addition to Parquet");
  command.flag("--pioneer-tables", options.pioneer_tables,
               "Also write the tables of Pioneer to OUT/pioneer");
}

}  // namespace overland::cli
