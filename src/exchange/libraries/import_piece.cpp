#include "exchange/libraries/import_piece.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "exchange/libraries/import_ions.h"

namespace overland::exchange {

ImportPiece::ImportPiece(const ColumnMap& map, std::string where) : where_(std::move(where)) {
  slot_.fill(-1);
  for (std::size_t r = 0; r < kRoleCount; ++r) {
    const auto place = map.at(static_cast<Role>(r));
    if (!place) continue;
    slot_[r] = static_cast<int>(chosen_.size());
    chosen_.push_back(*place);
  }
}

Result<void> ImportPiece::choose_columns(io::TableStream& stream) const {
  return stream.choose(chosen_);
}

Result<std::size_t> ImportPiece::next(io::TableStream& stream) {
  rows_before_ += row_count_;
  row_count_ = 0;
  auto rows = stream.next(columns_);
  if (rows) row_count_ = *rows;
  return rows;
}

std::string_view ImportPiece::text(Role role, std::size_t row) const {
  if (!has(role)) return {};
  const io::PieceColumn& column = columns_[static_cast<std::size_t>(slot(role))];
  return column.is_text ? column.text[row] : std::string_view{};
}

bool ImportPiece::read_number(Role role, std::size_t row, double& value) const {
  value = std::numeric_limits<double>::quiet_NaN();
  if (!has(role)) return true;
  const io::PieceColumn& column = columns_[static_cast<std::size_t>(slot(role))];
  if (!column.is_text) {
    value = column.number[row];
    return true;
  }
  const std::string_view text = column.text[row];
  float parsed = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (status != std::errc{} || end != text.data() + text.size()) return is_missing(text);
  value = static_cast<double>(parsed);
  return true;
}

Result<double> ImportPiece::number(Role role, std::size_t row) const {
  double value = 0;
  if (read_number(role, row, value)) return value;
  return fail("OVL-LIB-022", fmt::format("'{}' is not a number", text(role, row).substr(0, 40)),
              // The header is row 1.
              fmt::format("{}, row {}", where_, rows_before_ + row + 2),
              "Correct the value; numbers have a decimal point and no thousands separators.");
}

Result<bool> ImportPiece::flag(Role role, std::size_t row) const {
  const std::string_view word = text(role, row);
  if (word == "True" || word == "TRUE" || word == "true") return true;
  if (word == "False" || word == "FALSE" || word == "false") return false;
  const auto value = number(role, row);
  if (!value) return std::unexpected(value.error());
  return !std::isnan(*value) && *value != 0;
}

bool ImportPiece::has_loss(std::size_t row, bool is_mz_off) const {
  const std::string_view word = text(Role::loss, row);
  if (word == "unknown") return is_mz_off;
  double mass = 0;
  if (read_number(Role::loss, row, mass)) return !std::isnan(mass) && mass != 0;
  return !is_no_loss(word);
}

}  // namespace overland::exchange
