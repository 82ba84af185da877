// Between Table and Arrow's own types; for the .cpp files of this folder only.
#pragma once

#include <arrow/api.h>
#include <arrow/io/type_fwd.h>

#include <memory>
#include <string>

#include "base/error.h"
#include "io/table/table.h"

namespace parquet::arrow {
class FileReader;
}

namespace overland::io {

// In the calling thread alone: neither decoding nor reading ahead, which is for files far away.
// May throw what Parquet throws.
[[nodiscard]] arrow::Result<std::unique_ptr<parquet::arrow::FileReader>> open_parquet(
    std::shared_ptr<arrow::io::RandomAccessFile> file);

// What a NaN of a float column becomes: null where people read the file, NaN where it is mapped.
enum class Missing { null, nan };

// Borrows the numeric columns: `table` must outlive the result. Errors OVL-IO-004 (text too long).
[[nodiscard]] Result<std::shared_ptr<arrow::RecordBatch>> to_arrow(const Table& table,
                                                                   Missing missing);

// Errors OVL-IO-021 (a column type this program does not read).
[[nodiscard]] Result<Table> from_arrow(const arrow::Table& table, const Wanted& wanted,
                                       const std::string& where);

[[nodiscard]] bool is_wanted(const Wanted& wanted, const std::string& name);

[[nodiscard]] inline std::unexpected<Error> cannot_open(const std::string& where,
                                                        const std::string& why) {
  return fail("OVL-IO-001", "cannot open file: " + why, where,
              "Check that it exists and can be read.");
}
[[nodiscard]] inline std::unexpected<Error> is_damaged(const std::string& where,
                                                       const std::string& why) {
  return fail("OVL-IO-003", "the file is damaged or of another kind: " + why, where,
              "Check that it was copied completely, or make it anew.");
}

}  // namespace overland::io
