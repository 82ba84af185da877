#include <memory>

#include "cli/commands.h"
#include "lfq/quantify_table.h"

namespace overland::cli {
namespace {

struct LfqArguments {
  lfq::QuantifyTableOptions options;
  std::string method = to_text(quant::LfqMethod::maxlfq);
  std::string level = to_text(quant::LfqLevel::top);
  int least_shared = 1;
};

Result<void> quantify(LfqArguments& arguments) {
  quant::LfqOptions& lfq = arguments.options.lfq;
  lfq.method = from_text<quant::LfqMethod>(arguments.method).value_or(lfq.method);
  lfq.level = from_text<quant::LfqLevel>(arguments.level).value_or(lfq.level);
  lfq.least_shared = static_cast<std::uint32_t>(arguments.least_shared);
  return lfq::quantify_table(arguments.options);
}

}  // namespace

void add_lfq_command(Program& program) {
  const auto arguments = std::make_shared<LfqArguments>();
  Command command =
      program.add("lfq", "Computes protein quantities from a table of precursor quantities",
                  [arguments] { return quantify(*arguments); });
  lfq::QuantifyTableOptions& options = arguments->options;
  lfq::LfqColumnChoice& columns = options.columns;
  command.option("-i,--in", options.table, "FILE", "Table: Parquet, Arrow, TSV or CSV, also .gz")
      .required();
  command.option("-o,--out", options.out, "DIR", "Folder to write to").required();
  command.option("--group-column", columns.group, "NAME",
                 "Column of proteins, genes or other entities to quantify");
  command.option("--run-column", columns.run, "NAME", "Column of runs or samples");
  command.option(
      "--ion-column", columns.ion, "NAME",
      "Column of precursors or fragments; if repeated, the columns together are the key");
  command.option("--quantity-column", columns.quantity, "NAME", "Column of linear quantities");
  command.option("--sd-column", columns.sd, "NAME",
                 "Column of standard deviations of the quantities, for --method weighted");
  command.option(
      "--filter", columns.filters, "NAME<=VALUE",
      "Filter of rows, instead of the default filters of the table's kind; may be repeated");
  command.flag("--no-filter", columns.unfiltered, "Keep all rows");
  command.flag("--wide", columns.is_wide, "The table is a matrix with a column per run");
  command.flag("--log2", columns.is_log2, "The table's quantities are logarithms to base 2");
  command
      .option("--method", arguments->method, "NAME", "Method of comparing runs (docs/guide/lfq.md)")
      .one_of(names_of<quant::LfqMethod>());
  command.option("--level", arguments->level, "NAME", "Source of the absolute level")
      .one_of(names_of<quant::LfqLevel>());
  command
      .option("--least-shared", arguments->least_shared, "N",
              "Minimum number of ions that two runs must share for a ratio (maxlfq)")
      .range(1, 1000);
  add_machine(program, command, options.lfq.machine);
  command.flag("--tsv", options.tsv, "Write TSV tables in addition to Parquet");
}

}  // namespace overland::cli
