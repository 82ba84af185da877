// Checks of tables for tests: what columns a file has, of which kind, and whether each cell keeps
// to its column's rule. The readers here are slow and independent, so that a writer is not checked
// by the code that it shares with a reader.
//
//   const TextTable table = text_table(file, '\t');
//   EXPECT_TRUE(keeps_to(table, {{"Run", is_one_of({"a", "b"})}, {"RT", is_number(0, 100)}}));
//   EXPECT_TRUE(has_unique_rows(table, {"Run", "Precursor.Id"}));
#pragma once

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/table/table.h"

namespace overland::support {

// A folder of the running test, empty at first and gone with the object.
class TestFolder {
 public:
  TestFolder() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::path(testing::TempDir()) /
            (std::string("overland_") + info->test_suite_name() + "_" + info->name());
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  EXPECT_TRUE(in) << file;
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_text(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

struct TextTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;

  [[nodiscard]] std::size_t place(const std::string& column) const {
    for (std::size_t i = 0; i < header.size(); ++i)
      if (header[i] == column) return i;
    ADD_FAILURE() << "there is no column " << column;
    return 0;
  }
  [[nodiscard]] const std::string& at(std::size_t row, const std::string& column) const {
    return rows.at(row).at(place(column));
  }
  [[nodiscard]] double number(std::size_t row, const std::string& column) const {
    const std::string& text = at(row, column);
    double value = std::nan("");
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }
  [[nodiscard]] std::vector<std::string> column(const std::string& name) const {
    std::vector<std::string> values;
    for (const auto& row : rows) values.push_back(row.at(place(name)));
    return values;
  }
};

// Records of fields that may be quoted (RFC 4180): quotes, separators and line breaks are kept.
inline std::vector<std::vector<std::string>> records_of(std::string_view text, char separator) {
  std::vector<std::vector<std::string>> records;
  std::vector<std::string> record{""};
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      record.back() += '"';
      ++i;
    } else if (c == '"' && (is_quoted || record.back().empty())) {
      is_quoted = !is_quoted;
    } else if (!is_quoted && c == separator) {
      record.emplace_back();
    } else if (!is_quoted && c == '\n') {
      records.push_back(std::exchange(record, {""}));
    } else {
      record.back() += c;
    }
  }
  EXPECT_FALSE(is_quoted) << "a quote is open at the end";
  EXPECT_EQ(record, std::vector<std::string>{""}) << "the last line has no end";
  return records;
}

inline TextTable text_table(const std::filesystem::path& file, char separator) {
  TextTable table;
  table.rows = records_of(text_of(file), separator);
  EXPECT_FALSE(table.rows.empty()) << file << " has no header";
  if (table.rows.empty()) return table;
  table.header = table.rows.front();
  table.rows.erase(table.rows.begin());
  return table;
}

// What is wrong with a cell; "" where nothing is.
using CellRule = std::function<std::string(const std::string&)>;

struct ColumnRule {
  std::string name;
  CellRule rule;
};

inline CellRule is_text() {
  return [](const std::string& cell) { return cell.empty() ? "is empty" : ""; };
}
inline CellRule is_anything() {
  return [](const std::string&) { return ""; };
}
inline CellRule is_exactly(const std::string& wanted) {
  return [wanted](const std::string& cell) { return cell == wanted ? "" : "is not " + wanted; };
}
inline CellRule is_one_of(const std::set<std::string>& wanted) {
  return [wanted](const std::string& cell) {
    return std::string(wanted.contains(cell) ? "" : "is none of those that may be");
  };
}
// A finite number in [low, high], written without regard to a locale.
inline CellRule is_number(double low, double high) {
  return [low, high](const std::string& cell) -> std::string {
    double value = 0;
    const char* const end = cell.data() + cell.size();
    const auto read = std::from_chars(cell.data(), end, value);
    if (read.ec != std::errc() || read.ptr != end || !std::isfinite(value)) return "is no number";
    return value < low || value > high ? "is out of range" : "";
  };
}
inline CellRule is_count(double low, double high) {
  return [low, high](const std::string& cell) -> std::string {
    if (cell.find_first_not_of("0123456789") != std::string::npos) return "is no count";
    return is_number(low, high)(cell);
  };
}
// The rule, or the text that stands for a missing value.
inline CellRule or_missing(const CellRule& rule, const std::string& missing = "") {
  return [rule, missing](const std::string& cell) {
    return cell == missing ? std::string() : rule(cell);
  };
}

// The columns are these, in this order, each row has all of them, and each cell keeps to its rule.
inline testing::AssertionResult keeps_to(const TextTable& table,
                                         const std::vector<ColumnRule>& columns) {
  for (std::size_t c = 0; c < std::max(columns.size(), table.header.size()); ++c) {
    const std::string want = c < columns.size() ? columns[c].name : "nothing";
    const std::string got = c < table.header.size() ? table.header[c] : "nothing";
    if (want != got)
      return testing::AssertionFailure() << "column " << c + 1 << " is " << got << ", not " << want;
  }
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    if (table.rows[r].size() != columns.size())
      return testing::AssertionFailure()
             << "row " << r + 1 << " has " << table.rows[r].size() << " fields";
    for (std::size_t c = 0; c < columns.size(); ++c)
      if (const std::string wrong = columns[c].rule(table.rows[r][c]); !wrong.empty())
        return testing::AssertionFailure() << "row " << r + 1 << ", " << columns[c].name << ": '"
                                           << table.rows[r][c] << "' " << wrong;
  }
  return testing::AssertionSuccess();
}

inline testing::AssertionResult has_unique_rows(const TextTable& table,
                                                const std::vector<std::string>& key) {
  std::set<std::vector<std::string>> seen;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    std::vector<std::string> of_row;
    for (const std::string& name : key) of_row.push_back(table.at(r, name));
    if (!seen.insert(of_row).second)
      return testing::AssertionFailure()
             << "row " << r + 1 << " is there twice: " << testing::PrintToString(of_row);
  }
  return testing::AssertionSuccess();
}

// "Run:text Precursor.Mz:float ...": names, order and types of a table's columns.
inline std::string columns_of(const io::Table& table) {
  constexpr const char* kTypes[] = {"float",  "double", "uint8",  "uint16", "int32",
                                    "uint32", "int64",  "uint64", "text"};
  std::string text;
  for (const io::Column& column : table.columns())
    text += (text.empty() ? "" : " ") + column.name + ":" + kTypes[column.values.index()];
  return text;
}

// The cells of a table as text, numbers in full; a missing one is "".
inline TextTable text_table(const io::Table& table) {
  TextTable text;
  text.rows.resize(table.row_count());
  for (const io::Column& column : table.columns()) {
    text.header.push_back(column.name);
    std::visit(
        [&]<class T>(const std::vector<T>& values) {
          for (std::size_t r = 0; r < values.size(); ++r) {
            if constexpr (std::is_same_v<T, std::string>) {
              text.rows[r].push_back(values[r]);
            } else if (values[r] != values[r]) {
              text.rows[r].emplace_back();
            } else {
              char digits[40];
              const auto end = std::to_chars(digits, digits + sizeof digits, values[r]).ptr;
              text.rows[r].emplace_back(digits, end);
            }
          }
        },
        column.values);
  }
  return text;
}

// Cell by cell the same: texts equal, numbers equal as numbers.
inline testing::AssertionResult says_the_same(const TextTable& a, const TextTable& b) {
  if (a.header != b.header) return testing::AssertionFailure() << "the headers differ";
  if (a.rows.size() != b.rows.size())
    return testing::AssertionFailure() << a.rows.size() << " and " << b.rows.size() << " rows";
  for (std::size_t r = 0; r < a.rows.size(); ++r) {
    if (a.rows[r].size() != b.rows[r].size())
      return testing::AssertionFailure() << "row " << r + 1 << " differs in length";
    for (std::size_t c = 0; c < a.rows[r].size(); ++c) {
      if (a.rows[r][c] == b.rows[r][c]) continue;
      const double x = a.number(r, a.header[c]);
      const double y = b.number(r, b.header[c]);
      if (x != y)
        return testing::AssertionFailure() << "row " << r + 1 << ", " << a.header[c] << ": '"
                                           << a.rows[r][c] << "' and '" << b.rows[r][c] << "'";
    }
  }
  return testing::AssertionSuccess();
}

}  // namespace overland::support
