#include "lfq/quantify_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <span>

#include "base/files/output_guard.h"
#include "base/progress.h"
#include "io/table/table_sink.h"
#include "lfq/lfq_input.h"
#include "report/quantity_tables.h"

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

io::Table long_table(const LfqInput& input, const quantify::LevelRows::Block& block,
                     const quant::LfqProfiles& profiles) {
  std::vector<std::string> run, group;
  std::vector<double> quantity;
  for (std::size_t g = block.first; g < block.last; ++g) {
    const std::size_t place = g - block.first;
    for (std::size_t k = profiles.begin[place]; k < profiles.begin[place + 1]; ++k) {
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

struct GroupRange {
  std::size_t first, last;  // within the block
};

io::Table wide_table(const LfqInput& input, const quantify::LevelRows::Block& block,
                     const GroupRange& range, const quant::LfqProfiles& profiles) {
  const std::size_t count = range.last - range.first;
  std::vector<std::vector<double>> columns(
      input.runs.size(), std::vector<double>(count, std::numeric_limits<double>::quiet_NaN()));
  for (std::size_t g = 0; g < count; ++g) {
    const std::size_t place = range.first + g - block.first;
    for (std::size_t k = profiles.begin[place]; k < profiles.begin[place + 1]; ++k)
      columns[profiles.run[k]][g] = report::linear_quantity(profiles.log2_quantity[k]);
  }
  io::Table table;
  const auto names = std::span(input.groups).subspan(range.first, count);
  table.add(input.group_column, std::vector<std::string>(names.begin(), names.end()));
  for (std::size_t r = 0; r < input.runs.size(); ++r)
    table.add(input.runs[r], std::move(columns[r]), "as the input");
  return table;
}

// The two tables of results, which grow block by block.
class QuantityFiles {
 public:
  static Result<QuantityFiles> open(const QuantifyTableOptions& options) {
    auto rows = io::TableFiles::open(options.out / "quantities", options.tsv);
    if (!rows) return std::unexpected(rows.error());
    auto wide = io::TableFiles::open(options.out / "quantities_wide", options.tsv);
    if (!wide) return std::unexpected(wide.error());
    return QuantityFiles(std::move(*rows), std::move(*wide), options.lfq);
  }

  Result<void> append(const LfqInput& input, const quantify::LevelRows::Block& block,
                      const quant::LfqProfiles& profiles) {
    auto done = append_to(rows_, input, long_table(input, block, profiles));
    const std::size_t most = quantify::BlockSizes().wide_rows(input.runs.size());
    for (std::size_t first = block.first; done && first < block.last; first += most) {
      const std::size_t last = std::min(first + most, block.last);
      done = append_to(wide_, input, wide_table(input, block, {first, last}, profiles));
    }
    return done;
  }

  Result<void> close() {
    auto done = rows_.close();
    return done ? wide_.close() : done;
  }

 private:
  QuantityFiles(io::TableFiles rows, io::TableFiles wide, const quant::LfqOptions& lfq)
      : rows_(std::move(rows)), wide_(std::move(wide)), lfq_(lfq) {}

  Result<void> append_to(io::TableFiles& files, const LfqInput& input, io::Table piece) const {
    describe(input, lfq_, piece);
    return files.append(std::move(piece));
  }

  io::TableFiles rows_, wide_;
  const quant::LfqOptions& lfq_;
};

void log_input(const Machine& machine, const LfqInput& input) {
  machine.info(
      "{}: {} rows; {} left out by the filters ({}), {} without a name, {} quantities missing",
      input.layout.kind, grouped(input.rows), grouped(input.filtered),
      fmt::join(input.layout.filter_texts, ", "), grouped(input.nameless), grouped(input.missing));
  machine.info("{} groups, {} ions, {} runs, {} quantities", grouped(input.groups.size()),
               grouped(input.ions), grouped(input.runs.size()), grouped(input.quantities));
}

// Returns the number of rows that were left out.
Result<std::uint64_t> write_quantities(const LfqTable& table, const QuantifyTableOptions& options) {
  auto files = QuantityFiles::open(options);
  if (!files) return std::unexpected(files.error());
  std::uint64_t duplicates = 0;
  for (const quantify::LevelRows::Block& block : table.quantities.blocks()) {
    const auto profiles = table.quantities.quantify(block, options.lfq);
    if (!profiles) return std::unexpected(profiles.error());
    duplicates += profiles->duplicates;
    if (auto done = files->append(table.input, block, *profiles); !done)
      return std::unexpected(done.error());
  }
  if (auto done = files->close(); !done) return std::unexpected(done.error());
  return duplicates;
}

}  // namespace

Result<void> quantify_table(const QuantifyTableOptions& options) {
  if (auto checked = check_output_folder(options.out, {options.table}); !checked) return checked;
  const bool is_new = !std::filesystem::exists(options.out);
  const auto table = read_lfq_table(options.table, options.columns, options.out);
  if (!table) {
    std::error_code ignored;
    if (is_new) std::filesystem::remove(options.out, ignored);  // it had scratch files only
    return std::unexpected(table.error());
  }
  log_input(options.lfq.machine, table->input);
  const auto duplicates = write_quantities(*table, options);
  if (!duplicates) return std::unexpected(duplicates.error());
  if (*duplicates > 0) {
    options.lfq.machine.warning(
        "{} rows left out: another row of the same ion and run has a greater quantity",
        grouped(*duplicates));
  }
  options.lfq.machine.info("quantities: {}", options.out.string());
  return {};
}

}  // namespace overland::lfq
