// Writes a table piece by piece, for tables that do not fit in memory. All pieces have the same
// columns. The caller passes a temporary file: see write_atomically.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/error.h"
#include "base/files/atomic_file.h"
#include "io/table/table.h"

namespace overland::io {

class TableSink {
 public:
  enum class Format { tsv, parquet };
  // Row groups of a Parquet file: one of each piece, or as many rows as rows_per_group says.
  enum class Groups { by_piece, by_size };

  // Errors OVL-IO-002.
  [[nodiscard]] static Result<TableSink> open(const std::filesystem::path& file, Format format,
                                              Groups groups = Groups::by_piece);
  TableSink(TableSink&&) noexcept;
  TableSink& operator=(TableSink&&) noexcept;
  ~TableSink();

  // Appends a piece. Errors OVL-IO-002, OVL-IO-004.
  [[nodiscard]] Result<void> append(const Table& piece);
  // Call after the last piece. Without pieces the file is empty. Errors OVL-IO-002.
  [[nodiscard]] Result<void> close();

  class Target;  // one kind of file

 private:
  explicit TableSink(std::unique_ptr<Target> target);
  std::unique_ptr<Target> target_;
};

// Up to 2^20 rows and about 2^22 values, of tables of more than 256 columns 2^21: what a writer
// holds of a Parquet file. A multiple of 1024.
[[nodiscard]] std::size_t rows_per_group(std::size_t columns);

// NAME.parquet and, where wanted, NAME.tsv, piece by piece in memory that does not grow with the
// rows. How the rows are cut into pieces leaves no trace; up to the first row group the bytes are
// those of write_parquet and write_tsv.
class TableFiles {
 public:
  // Errors OVL-IO-002.
  [[nodiscard]] static Result<TableFiles> open(const std::filesystem::path& base, bool also_tsv);

  // The first piece has the columns and the metadata, even when it has no rows. Errors OVL-IO-002,
  // OVL-IO-004.
  [[nodiscard]] Result<void> append(Table piece);
  // The files appear. Errors OVL-IO-002.
  [[nodiscard]] Result<void> close();

 private:
  struct Output {
    AtomicFile file;
    TableSink sink;
  };
  [[nodiscard]] Result<void> write(const Table& piece);

  std::vector<Output> outputs_;
  Table pending_;
  bool has_rows_ = false;  // in the files
};

}  // namespace overland::io
