#include "exchange/libraries/import_piece.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "exchange/libraries/import_ions.h"

namespace overland::exchange {
namespace {

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// A number with a point. Too small values are 0 and too large ones infinite.
std::optional<double> plain_value(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  float value = 0;
  const auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || parsed.ptr != end) return std::nullopt;
  if (parsed.ec == std::errc{}) return static_cast<double>(value);
  if (parsed.ec != std::errc::result_out_of_range) return std::nullopt;
  double wide = 0;
  const auto again = std::from_chars(text.data(), end, wide);
  if (again.ec == std::errc{}) return wide;
  const bool is_small = text.contains("e-") || text.contains("E-");
  return is_small ? 0 : std::numeric_limits<double>::infinity();
}

bool is_charge(Role role) {
  return role == Role::charge || role == Role::fragment_charge;
}

}  // namespace

ImportPiece::ImportPiece(const ColumnMap& map, std::string where) : where_(std::move(where)) {
  index_.fill(-1);
  for (std::size_t r = 0; r < kRoleCount; ++r) {
    const auto column = map.at(static_cast<Role>(r));
    if (!column) continue;
    index_[r] = static_cast<int>(chosen_.size());
    chosen_.push_back(*column);
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
  const io::PieceColumn& column = columns_[static_cast<std::size_t>(index_of(role))];
  return column.is_text ? column.text[row] : std::string_view{};
}

bool ImportPiece::read_number(Role role, std::size_t row, double& value) const {
  value = std::numeric_limits<double>::quiet_NaN();
  if (!has(role)) return true;
  const io::PieceColumn& column = columns_[static_cast<std::size_t>(index_of(role))];
  if (!column.is_text) {
    value = column.number[row];
    return true;
  }
  std::string_view text = without_blanks(column.text[row]);
  if (is_missing(text)) return true;
  if (is_charge(role) && text.size() > 1 && text.ends_with('+')) text.remove_suffix(1);
  if (const auto plain = plain_value(text)) {
    value = *plain;
    return true;
  }
  const auto reading = commas_.read(text);
  if (reading) value = reading->value;
  return reading.has_value();
}

Result<double> ImportPiece::number(Role role, std::size_t row) const {
  double value = 0;
  if (read_number(role, row, value)) return value;
  return fail("OVL-LIB-022", fmt::format("'{}' is not a number", text(role, row).substr(0, 40)),
              // The header is row 1.
              fmt::format("{}, row {}", where_, rows_before_ + row + 2),
              "Correct the value; numbers have a decimal point or comma, and no separators of "
              "thousands.");
}

Result<bool> ImportPiece::flag(Role role, std::size_t row, bool otherwise) const {
  const std::string_view word = without_blanks(text(role, row));
  const auto is = [&](std::string_view known) { return io::is_same_word(word, known); };
  if (is("true") || is("yes")) return true;
  if (is("false") || is("no")) return false;
  const auto value = number(role, row);
  if (!value) return std::unexpected(value.error());
  return std::isnan(*value) ? otherwise : *value != 0;
}

Result<void> ImportPiece::check_commas() const {
  if (commas_.verdict() == io::CommaMeaning::Verdict::decimal) return {};
  const std::string& example =
      commas_.thousands_example().empty() ? commas_.open_example() : commas_.thousands_example();
  return fail("OVL-LIB-022", fmt::format("the comma in '{}' seems to separate thousands", example),
              where_, "Write the numbers without separators of thousands.");
}

bool ImportPiece::has_loss(std::size_t row, bool is_mz_off) const {
  const std::string_view word = text(Role::loss, row);
  if (word == "unknown") return is_mz_off;
  double mass = 0;
  if (read_number(Role::loss, row, mass)) return !std::isnan(mass) && mass != 0;
  return !is_no_loss(word);
}

}  // namespace overland::exchange
