// One piece of a foreign library table, accessed by the roles of its columns.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "exchange/libraries/import_columns.h"
#include "io/table/table_stream.h"
#include "io/text/table_numbers.h"

namespace overland::exchange {

class ImportPiece {
 public:
  // `where` names the file in errors.
  ImportPiece(const ColumnMap& map, std::string where);

  [[nodiscard]] Result<void> choose_columns(io::TableStream& stream) const;
  // Reads the next piece and returns its number of rows, 0 at the end of the table.
  [[nodiscard]] Result<std::size_t> next(io::TableStream& stream);
  [[nodiscard]] std::uint64_t rows_read() const { return rows_before_ + row_count_; }

  [[nodiscard]] bool has(Role role) const { return index_of(role) >= 0; }
  // "" if the column is absent or holds numbers.
  [[nodiscard]] std::string_view text(Role role, std::size_t row) const;
  // NaN if missing, 0 if the value is too small. Text is read as float, so that a table gives the
  // same numbers as text and as a Parquet file of floats; with a decimal point or comma, with
  // blanks around it, and as a charge also "2+". Errors OVL-LIB-022 (the value is not a number).
  [[nodiscard]] Result<double> number(Role role, std::size_t row) const;
  // 0/1, true/false, yes/no, in upper or lower case; `otherwise` if missing. Error OVL-LIB-022.
  [[nodiscard]] Result<bool> flag(Role role, std::size_t row, bool otherwise) const;
  // Call at the end of the table. Error OVL-LIB-022 (its commas may separate thousands).
  [[nodiscard]] Result<void> check_commas() const;
  // Whether the ion has a neutral loss. DIA-NN writes "unknown" for measured fragments; these have
  // a loss if `is_mz_off`.
  [[nodiscard]] bool has_loss(std::size_t row, bool is_mz_off) const;

 private:
  [[nodiscard]] int index_of(Role role) const { return index_[static_cast<std::size_t>(role)]; }
  [[nodiscard]] bool read_number(Role role, std::size_t row, double& value) const;

  std::string where_;
  std::uint64_t rows_before_ = 0;  // of earlier pieces
  std::uint64_t row_count_ = 0;
  std::array<int, kRoleCount> index_{};  // index in columns_, -1: absent
  std::vector<std::size_t> chosen_;
  std::vector<io::PieceColumn> columns_;
  mutable io::CommaMeaning commas_;  // learns from the numbers that are read
};

}  // namespace overland::exchange
