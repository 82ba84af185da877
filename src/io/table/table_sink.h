// Writes a table piece by piece, for tables that do not fit in memory. All pieces have the same
// columns. The caller passes a temporary file: see write_atomically.
#pragma once

#include <filesystem>
#include <memory>

#include "base/error.h"
#include "io/table/table.h"

namespace overland::io {

class TableSink {
 public:
  enum class Format { tsv, parquet };

  // Errors OVL-IO-002.
  [[nodiscard]] static Result<TableSink> open(const std::filesystem::path& file, Format format);
  TableSink(TableSink&&) noexcept;
  TableSink& operator=(TableSink&&) noexcept;
  ~TableSink();

  // Appends a piece, which is one row group of a Parquet file. Errors OVL-IO-002, OVL-IO-004.
  [[nodiscard]] Result<void> append(const Table& piece);
  // Call after the last piece. Without pieces the file is empty. Errors OVL-IO-002.
  [[nodiscard]] Result<void> close();

  class Target;  // one kind of file

 private:
  explicit TableSink(std::unique_ptr<Target> target);
  std::unique_ptr<Target> target_;
};

}  // namespace overland::io
