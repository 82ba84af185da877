#include "io/database/sqlite_file.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <fstream>
#include <limits>

namespace overland::io {
namespace {

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinishStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

std::unexpected<Error> damaged_database(const std::string& why, const std::string& where) {
  return fail("OVL-IO-003", "the SQLite database cannot be read: " + why, where,
              "Copy the file again completely, or check which program wrote it.");
}

std::unexpected<Error> cannot_write_database(const std::string& why, const std::string& where) {
  return fail("OVL-IO-002", "the SQLite database cannot be written: " + why, where,
              "Check that the folder is writable and the disk has room.");
}

// file:...?immutable=1: SQLite takes no locks and makes no files beside a database in use.
std::string uri_of(const std::filesystem::path& file) {
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(file).string()) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '_' || c == '-';
    uri += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri + "?immutable=1";
}

}  // namespace

struct SqliteStatement::State {
  std::unique_ptr<sqlite3_stmt, FinishStatement> statement;
  std::string where;
};

struct SqliteFile::State {
  Database database;
  std::string where;
};

bool is_sqlite(const std::filesystem::path& file) {
  static constexpr std::string_view kMagic{"SQLite format 3\0", 16};
  std::array<char, 16> start{};
  std::ifstream in(file, std::ios::binary);
  return in.read(start.data(), start.size()) &&
         std::string_view(start.data(), start.size()) == kMagic;
}

SqliteStatement::SqliteStatement(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteStatement::SqliteStatement(SqliteStatement&&) noexcept = default;
SqliteStatement& SqliteStatement::operator=(SqliteStatement&&) noexcept = default;
SqliteStatement::~SqliteStatement() = default;

Result<bool> SqliteStatement::next() {
  sqlite3_stmt* const statement = state_->statement.get();
  const int status = sqlite3_step(statement);
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  const std::string why = sqlite3_errmsg(sqlite3_db_handle(statement));
  if (sqlite3_stmt_readonly(statement) != 0) return damaged_database(why, state_->where);
  return cannot_write_database(why, state_->where);
}

std::int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(state_->statement.get(), column);
}

double SqliteStatement::number(int column) const {
  sqlite3_stmt* const statement = state_->statement.get();
  if (sqlite3_column_type(statement, column) == SQLITE_NULL) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return sqlite3_column_double(statement, column);
}

std::string_view SqliteStatement::text(int column) const {
  sqlite3_stmt* const statement = state_->statement.get();
  const unsigned char* const bytes = sqlite3_column_text(statement, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
}

std::span<const std::byte> SqliteStatement::blob(int column) const {
  sqlite3_stmt* const statement = state_->statement.get();
  const void* const bytes = sqlite3_column_blob(statement, column);
  if (bytes == nullptr) return {};
  return {static_cast<const std::byte*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
}

SqliteStatement& SqliteStatement::bind(int parameter, std::int64_t value) {
  sqlite3_bind_int64(state_->statement.get(), parameter + 1, value);
  return *this;
}
SqliteStatement& SqliteStatement::bind(int parameter, double value) {
  sqlite3_bind_double(state_->statement.get(), parameter + 1, value);
  return *this;
}
SqliteStatement& SqliteStatement::bind(int parameter, std::string_view value) {
  sqlite3_bind_text64(state_->statement.get(), parameter + 1, value.data(), value.size(),
                      SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}
SqliteStatement& SqliteStatement::bind(int parameter, std::span<const std::byte> value) {
  sqlite3_bind_blob64(state_->statement.get(), parameter + 1, value.data(), value.size(),
                      SQLITE_TRANSIENT);
  return *this;
}

Result<void> SqliteStatement::insert() {
  const auto done = next();
  sqlite3_reset(state_->statement.get());
  if (!done) return std::unexpected(done.error());
  return {};
}

SqliteFile::SqliteFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteFile::SqliteFile(SqliteFile&&) noexcept = default;
SqliteFile& SqliteFile::operator=(SqliteFile&&) noexcept = default;
SqliteFile::~SqliteFile() = default;

Result<SqliteFile> SqliteFile::open(const std::filesystem::path& file) {
  if (!std::ifstream(file, std::ios::binary)) {
    return fail("OVL-IO-001", "cannot open the file", file.string(),
                "Check the path and the permissions.");
  }
  if (!is_sqlite(file))
    return damaged_database("the file does not begin with the header of SQLite", file.string());
  sqlite3* opened = nullptr;
  const int status = sqlite3_open_v2(uri_of(file).c_str(), &opened,
                                     SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr);
  Database database(opened);
  if (status != SQLITE_OK) return damaged_database(sqlite3_errstr(status), file.string());
  return SqliteFile(std::make_unique<State>(std::move(database), file.string()));
}

Result<SqliteFile> SqliteFile::create(const std::filesystem::path& file) {
  sqlite3* opened = nullptr;
  const int status =
      sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  Database database(opened);
  if (status != SQLITE_OK) return cannot_write_database(sqlite3_errstr(status), file.string());
  return SqliteFile(std::make_unique<State>(std::move(database), file.string()));
}

Result<std::vector<std::string>> SqliteFile::columns(const std::string& table) const {
  std::vector<std::string> names;
  auto rows = query("SELECT name FROM pragma_table_info('" + table + "')");
  if (!rows) return std::unexpected(rows.error());
  for (;;) {
    const auto more = rows->next();
    if (!more) return std::unexpected(more.error());
    if (!*more) return names;
    names.emplace_back(rows->text(0));
  }
}

Result<SqliteStatement> SqliteFile::query(const std::string& sql) const {
  sqlite3_stmt* statement = nullptr;
  const int status =
      sqlite3_prepare_v2(state_->database.get(), sql.c_str(), -1, &statement, nullptr);
  if (status != SQLITE_OK) {
    return damaged_database(sqlite3_errmsg(state_->database.get()), state_->where);
  }
  auto state = std::make_unique<SqliteStatement::State>();
  state->statement.reset(statement);
  state->where = state_->where;
  return SqliteStatement(std::move(state));
}

Result<void> SqliteFile::execute(const std::string& sql) {
  const int status = sqlite3_exec(state_->database.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (status == SQLITE_OK) return {};
  return cannot_write_database(sqlite3_errmsg(state_->database.get()), state_->where);
}

}  // namespace overland::io
