// Conversion between Table and the types of Arrow; private to this folder.
#pragma once

#include <arrow/api.h>
#include <arrow/io/type_fwd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "io/table/table.h"

namespace parquet::arrow {
class FileReader;
}

namespace overland::io {

// Opens a Parquet file for reading in the calling thread alone: without decoding threads and
// without reading ahead, which helps remote files only. May throw exceptions of Parquet.
[[nodiscard]] arrow::Result<std::unique_ptr<parquet::arrow::FileReader>> open_parquet(
    std::shared_ptr<arrow::io::RandomAccessFile> file);

// How a NaN of a float column is written: as null in files for users, as NaN in memory-mapped
// files.
enum class Missing { null, nan };

constexpr int kZstdLevel = 3;

// Borrows the numeric columns: `table` must outlive the result. Errors OVL-IO-004 (text too long).
[[nodiscard]] Result<std::shared_ptr<arrow::RecordBatch>> to_arrow(const Table& table,
                                                                   Missing missing);

// Errors OVL-IO-021 (a column type that is not supported).
[[nodiscard]] Result<Table> from_arrow(const arrow::Table& table, const Wanted& wanted,
                                       const std::string& where);

[[nodiscard]] bool is_wanted(const Wanted& wanted, const std::string& name);

[[nodiscard]] inline std::unexpected<Error> cannot_open(const std::string& where,
                                                        const std::string& why) {
  return fail("OVL-IO-001", "cannot open file: " + why, where,
              "Check that it exists and can be read.");
}
[[nodiscard]] inline std::unexpected<Error> cannot_write(const std::filesystem::path& file,
                                                         const std::string& why) {
  return fail("OVL-IO-002", "cannot write: " + why, file.string(),
              "Check that the folder is writable and the disk has room.");
}
[[nodiscard]] inline std::unexpected<Error> is_damaged(const std::string& where,
                                                       const std::string& why) {
  return fail("OVL-IO-003", "the file is damaged or of another type: " + why, where,
              "Check that it was copied completely, or create it again.");
}

}  // namespace overland::io
