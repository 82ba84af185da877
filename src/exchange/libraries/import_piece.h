// One piece of a foreign library table, accessed by the roles of its columns. The roles are
// detected by a table of known column names.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/table/table_stream.h"

namespace overland::exchange {

enum class Role : std::uint8_t {
  sequence,  // with modifications
  stripped_sequence,
  charge,
  precursor_mz,
  irt,
  fragment_mz,
  intensity,
  fragment_type,
  fragment_charge,
  fragment_ordinal,
  loss,
  annotation,  // "y5^2": type, ordinal, charge and loss in one
  proteins,
  genes,
  decoy,
  group,  // name of the precursor; used for its DECOY_ prefix and for pairs
};
inline constexpr std::size_t kRoleCount = 16;

// The column's index in the header, per role.
class ColumnMap {
 public:
  [[nodiscard]] std::optional<std::size_t> at(Role role) const {
    return columns_[static_cast<std::size_t>(role)];
  }
  [[nodiscard]] bool has(Role role) const { return at(role).has_value(); }
  void set(Role role, std::size_t column) { columns_[static_cast<std::size_t>(role)] = column; }

 private:
  std::array<std::optional<std::size_t>, kRoleCount> columns_;
};

// Names are compared by letters, regardless of case, and digits only. If several columns match a
// role, the alias listed first is used. Errors OVL-LIB-020 (a required column is missing; lists its
// aliases).
[[nodiscard]] Result<ColumnMap> match_columns(const std::vector<std::string>& header,
                                              const std::string& where);

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
  // NaN if missing. Text is read as float, so that a table gives the same numbers as text and as a
  // Parquet file of floats. Errors OVL-LIB-022 (the value is not a number).
  [[nodiscard]] Result<double> number(Role role, std::size_t row) const;
  // 0/1, true/false or missing. Error OVL-LIB-022.
  [[nodiscard]] Result<bool> flag(Role role, std::size_t row) const;
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
};

}  // namespace overland::exchange
