// SQLite databases, in which several programs store their spectral libraries. Other files do not
// include SQLite's own header.
//
//   auto database = SqliteFile::open("yeast.dlib");
//   auto rows = database->query("SELECT PeptideSeq, RTInSeconds FROM entries");
//   while (*rows->next()) use(rows->text(0), rows->number(1));
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace overland::io {

// One statement: a query whose rows are read one by one, or an insertion that is repeated. Must not
// outlive its database.
class SqliteStatement {
 public:
  SqliteStatement(SqliteStatement&&) noexcept;
  SqliteStatement& operator=(SqliteStatement&&) noexcept;
  ~SqliteStatement();

  // Moves to the next row; false at the end. Errors OVL-IO-003 (damaged file), OVL-IO-002 (an
  // insertion failed).
  [[nodiscard]] Result<bool> next();
  // Values of the current row, valid until the next call of next(). NULL is returned as 0, NaN, ""
  // or no bytes.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double number(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::span<const std::byte> blob(int column) const;

  // Bind all parameters "?", numbered from 0, then call `insert`.
  SqliteStatement& bind(int parameter, std::int64_t value);
  SqliteStatement& bind(int parameter, double value);
  SqliteStatement& bind(int parameter, std::string_view value);
  SqliteStatement& bind(int parameter, std::span<const std::byte> value);
  [[nodiscard]] Result<void> insert();

 private:
  friend class SqliteFile;
  struct State;
  explicit SqliteStatement(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class SqliteFile {
 public:
  // Opens for reading; never writes to the file or creates files beside it. Errors OVL-IO-001
  // (cannot open), OVL-IO-003 (not an SQLite database).
  [[nodiscard]] static Result<SqliteFile> open(const std::filesystem::path& file);
  // A new database; the file must not exist. Errors OVL-IO-002.
  [[nodiscard]] static Result<SqliteFile> create(const std::filesystem::path& file);
  SqliteFile(SqliteFile&&) noexcept;
  SqliteFile& operator=(SqliteFile&&) noexcept;
  ~SqliteFile();

  // The columns of a table or view in order; empty if it does not exist.
  [[nodiscard]] Result<std::vector<std::string>> columns(const std::string& table) const;
  // Errors OVL-IO-003 (the database lacks a table or column of the statement).
  [[nodiscard]] Result<SqliteStatement> query(const std::string& sql) const;
  // Executes one or several statements without results. Errors OVL-IO-002.
  [[nodiscard]] Result<void> execute(const std::string& sql);

 private:
  struct State;
  explicit SqliteFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

[[nodiscard]] bool is_sqlite(const std::filesystem::path& file);

}  // namespace overland::io
