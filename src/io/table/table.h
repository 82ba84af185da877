// A small column table and its files: Parquet (zstd), Arrow IPC, TSV (optionally gzip on reading).
// All results of stages and all reports are written with it, and tables of libraries are read with
// it. Other files do not include Arrow's own headers.
//
//   Table table;
//   table.add("Precursor.Mz", std::move(mz), "m/z", "theoretical, monoisotopic");
//   if (auto done = write_parquet(table, "report.parquet"); !done) return done.error();
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/machine.h"

namespace overland::io {

using Values =
    std::variant<std::vector<float>, std::vector<double>, std::vector<std::uint8_t>,
                 std::vector<std::uint16_t>, std::vector<std::int32_t>, std::vector<std::uint32_t>,
                 std::vector<std::int64_t>, std::vector<std::uint64_t>, std::vector<std::string>>;

// NaN in a float or double column is written to Parquet as null and read back as NaN.
struct Column {
  std::string name;
  Values values;
  std::string unit;         // written to the field's metadata
  std::string description;  // written to the field's metadata
};

class Table {
 public:
  // Precondition: all columns have one length (always checked).
  void add(std::string name, Values values, std::string unit = {}, std::string description = {});
  [[nodiscard]] std::size_t row_count() const;
  // Precondition: `more` has the same columns in the same order, or this table has none yet.
  void append_rows(Table more);
  // Removes the first rows and returns them as a table with the same metadata.
  [[nodiscard]] Table split_front(std::size_t rows);
  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  [[nodiscard]] bool has(const std::string& name) const;
  // Typed access. Errors OVL-IO-020 (no such column), OVL-IO-021 (another type).
  template <class T>
  [[nodiscard]] Result<const std::vector<T>*> column(const std::string& name) const;

  std::map<std::string, std::string> metadata;  // file-level key-value pairs

 private:
  std::vector<Column> columns_;
};

// All writers write a temporary name in the same folder, fsync, then rename. Errors OVL-IO-002.
[[nodiscard]] Result<void> write_parquet(const Table& table, const std::filesystem::path& file);
[[nodiscard]] Result<void> write_arrow(const Table& table, const std::filesystem::path& file);
[[nodiscard]] Result<void> write_tsv(const Table& table, const std::filesystem::path& file,
                                     const Machine& machine = {});

// Readers keep numeric types of the file (dictionary strings become strings, bool becomes uint8,
// float16 becomes float). `wanted` limits the columns read; columns that the file lacks are left
// out of the result.
using Wanted = std::optional<std::vector<std::string>>;
[[nodiscard]] Result<Table> read_parquet(const std::filesystem::path& file,
                                         const Wanted& wanted = {});
[[nodiscard]] Result<Table> read_arrow(const std::filesystem::path& file,
                                       const Wanted& wanted = {});
// Reads delimited text; the separator (tab or comma) is detected in the header, gzip by content.
// All columns are strings.
[[nodiscard]] Result<Table> read_delimited(const std::filesystem::path& file,
                                           const Wanted& wanted = {});
// Reads the column names only.
[[nodiscard]] Result<std::vector<std::string>> read_header(const std::filesystem::path& file);

}  // namespace overland::io
