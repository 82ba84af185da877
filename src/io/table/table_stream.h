// Reads a table (Parquet, Arrow IPC or delimited text, detected by content) in pieces, so that
// memory does not grow with the file. For the importers of libraries.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace overland::io {

// One column of one piece: text or numbers, as in the file. Missing values are "" or NaN.
struct PieceColumn {
  bool is_text = true;
  std::vector<std::string_view> text;
  std::vector<double> number;
};

class TableStream {
 public:
  // Errors OVL-IO-001, OVL-IO-003.
  [[nodiscard]] static Result<TableStream> open(const std::filesystem::path& file);
  TableStream(TableStream&&) noexcept;
  TableStream& operator=(TableStream&&) noexcept;
  ~TableStream();

  [[nodiscard]] const std::vector<std::string>& header() const;
  // Sets the columns to read, by their index in the header. Call before the first `next`.
  [[nodiscard]] Result<void> choose(std::vector<std::size_t> columns);
  // Replaces `piece` by the next rows, one entry per chosen column; text is valid until the next
  // call. Returns the number of rows, 0 at the end. Errors OVL-IO-003, OVL-IO-005, OVL-IO-021.
  [[nodiscard]] Result<std::size_t> next(std::vector<PieceColumn>& piece);

  class Source;  // one kind of file

 private:
  explicit TableStream(std::unique_ptr<Source> source);
  std::unique_ptr<Source> source_;
};

}  // namespace overland::io
