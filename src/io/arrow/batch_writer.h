// Writes an Arrow IPC file of one uncompressed batch row by row, for MappedColumns. Memory does not
// grow with the rows: columns are collected in scratch files beside the file and joined at the end.
//
//   auto writer = BatchWriter::create("fragments.arrow", {{"mz", ColumnKind::float32, "m/z", ""}});
//   writer->append(0, 500.25F);
//   auto done = writer->finish();
#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace overland::io {

enum class ColumnKind : std::uint8_t { float32, uint8, uint16, uint32, text };

struct BatchColumn {
  std::string name;
  ColumnKind kind;
  std::string unit = {};         // written to the field's metadata
  std::string description = {};  // written to the field's metadata
};

class BatchWriter {
 public:
  // Errors OVL-IO-002.
  [[nodiscard]] static Result<BatchWriter> create(const std::filesystem::path& file,
                                                  std::vector<BatchColumn> columns);
  BatchWriter(BatchWriter&&) noexcept;
  BatchWriter& operator=(BatchWriter&&) noexcept;
  ~BatchWriter();  // removes the scratch files

  // Precondition: T is the column's type, and each row gets a value in each column before `finish`.
  // A write error is reported by `finish`.
  template <class T>
  void append(std::size_t column, T value) {
    Buffer& buffer = buffers_[column];
    if (buffer.used + sizeof(T) > buffer.bytes.size()) flush(column);
    std::memcpy(buffer.bytes.data() + buffer.used, &value, sizeof(T));
    buffer.used += sizeof(T);
  }
  void append_text(std::size_t column, std::string_view value);

  // Joins the columns, flushes the file to disk and renames it. Errors OVL-IO-002, OVL-IO-004 (more
  // than 2 GiB of text in one column), OVL-INT-020 (columns of different length).
  [[nodiscard]] Result<void> finish();

 private:
  struct Buffer {
    std::vector<char> bytes;
    std::size_t used = 0;
  };
  struct State;
  explicit BatchWriter(std::unique_ptr<State> state);
  void flush(std::size_t column);

  std::vector<Buffer> buffers_;
  std::unique_ptr<State> state_;
};

}  // namespace overland::io
