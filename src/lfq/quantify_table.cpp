#include "lfq/quantify_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

#include "base/output_guard.h"
#include "base/progress.h"
#include "io/table/table.h"
#include "lfq/lfq_input.h"
#include "quantify/quantify.h"

namespace overland::lfq {
namespace {

constexpr const char* kSchemaVersion = "1";

void describe(const LfqInput& input, const quant::LfqOptions& lfq, io::Table& table) {
  table.metadata["overland.schema_version"] = kSchemaVersion;
  table.metadata["overland.method"] = to_text(lfq.method);
  table.metadata["overland.level"] = to_text(lfq.level);
  table.metadata["overland.filter"] =
      fmt::format("{}", fmt::join(input.layout.filter_texts, " and "));
}

io::Table long_table(const LfqInput& input, const quant::LfqProfiles& profiles) {
  std::vector<std::string> run, group;
  std::vector<double> quantity;
  for (std::size_t g = 0; g < input.groups.size(); ++g) {
    for (std::size_t k = profiles.begin[g]; k < profiles.begin[g + 1]; ++k) {
      run.push_back(input.runs[profiles.run[k]]);
      group.push_back(input.groups[g]);
      quantity.push_back(report::linear_quantity(profiles.log2_quantity[k]));
    }
  }
  io::Table table;
  table.add("Run", std::move(run));
  table.add(input.group_column, std::move(group));
  table.add("Quantity", std::move(quantity), "as the input");
  table.add("Log2.Quantity", profiles.log2_quantity, "log2 of the input's unit");
  table.add("Ions", profiles.ions, "", "quantified in this run");
  table.add("Component", profiles.component, "",
            "ratios between runs hold within one component of a group");
  return table;
}

io::Table wide_table(const LfqInput& input, const quant::LfqProfiles& profiles) {
  std::vector<std::vector<double>> columns(
      input.runs.size(),
      std::vector<double>(input.groups.size(), std::numeric_limits<double>::quiet_NaN()));
  for (std::size_t g = 0; g < input.groups.size(); ++g) {
    for (std::size_t k = profiles.begin[g]; k < profiles.begin[g + 1]; ++k) {
      columns[profiles.run[k]][g] = report::linear_quantity(profiles.log2_quantity[k]);
    }
  }
  io::Table table;
  table.add(input.group_column, input.groups);
  for (std::size_t r = 0; r < input.runs.size(); ++r) {
    table.add(input.runs[r], std::move(columns[r]), "as the input");
  }
  return table;
}

Result<void> write(const io::Table& table, const std::filesystem::path& base, bool also_tsv,
                   const Machine& machine) {
  auto done = io::write_parquet(table, base.string() + ".parquet");
  if (done && also_tsv) done = io::write_tsv(table, base.string() + ".tsv", machine);
  return done;
}

void log_input(const Machine& machine, const LfqInput& input) {
  machine.info(
      "{}: {} rows; {} left out by the filters ({}), {} without a name, {} quantities missing",
      input.layout.kind, grouped(input.rows), grouped(input.filtered),
      fmt::join(input.layout.filter_texts, ", "), grouped(input.nameless), grouped(input.missing));
  machine.info("{} groups, {} ions, {} runs, {} quantities", grouped(input.groups.size()),
               grouped(input.ions.size()), grouped(input.runs.size()),
               grouped(input.quantity.size()));
}

}  // namespace

Result<void> quantify_table(const QuantifyTableOptions& options) {
  if (auto checked = check_output_folder(options.out, {options.table}); !checked) return checked;
  const auto input = read_lfq_input(options.table, options.columns);
  if (!input) return std::unexpected(input.error());
  log_input(options.lfq.machine, *input);
  const quant::LfqProfiles profiles =
      quant::quantify_groups(input->columns(), input->groups.size(), options.lfq);
  if (profiles.duplicates > 0) {
    options.lfq.machine.warning(
        "{} rows left out: another row of the same ion and run has a greater quantity",
        grouped(profiles.duplicates));
  }
  std::error_code failed;
  std::filesystem::create_directories(options.out, failed);
  if (failed) {
    return fail("OVL-IO-002", "cannot create the folder: " + failed.message(), options.out.string(),
                "Check that the parent folder is writable.");
  }
  io::Table rows = long_table(*input, profiles);
  io::Table wide = wide_table(*input, profiles);
  for (io::Table* table : {&rows, &wide}) describe(*input, options.lfq, *table);
  auto done = write(rows, options.out / "quantities", options.tsv, options.lfq.machine);
  if (done) done = write(wide, options.out / "quantities_wide", options.tsv, options.lfq.machine);
  if (done) options.lfq.machine.info("quantities: {}", options.out.string());
  return done;
}

}  // namespace overland::lfq
