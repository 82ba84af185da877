#include "io/table/table_tsv.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "io/table/exchange_table.h"

namespace overland::io {
namespace {

void append_text(std::string& line, const std::string& text) {
  const bool needs_quotes = text.find_first_of("\t\n\r\"") != std::string::npos;
  if (!needs_quotes) {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

void append_cell(std::string& line, const Column& cells, std::size_t row) {
  std::visit(
      [&]<class T>(const std::vector<T>& column) {
        if constexpr (std::is_same_v<T, std::string>) {
          append_text(line, column[row]);
        } else if constexpr (std::is_floating_point_v<T>) {
          if (!std::isnan(column[row])) {
            fmt::format_to(std::back_inserter(line), "{}", column[row]);
          }
        } else if (cells.unit == kBoolean) {
          line += column[row] != 0 ? "true" : "false";
        } else {
          fmt::format_to(std::back_inserter(line), "{}", column[row]);
        }
      },
      cells.values);
}

}  // namespace

void append_tsv_header(const Table& table, std::string& text) {
  bool is_first = true;
  for (const Column& column : table.columns()) {
    if (!is_first) text += '\t';
    is_first = false;
    append_text(text, column.name);
  }
  text += '\n';
}

void append_tsv_row(const Table& table, std::size_t row, std::string& text) {
  bool is_first = true;
  for (const Column& column : table.columns()) {
    if (!is_first) text += '\t';
    is_first = false;
    append_cell(text, column, row);
  }
  text += '\n';
}

}  // namespace overland::io
