#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "exchange/libraries/import_sources.h"

namespace overland::exchange {

std::unexpected<Error> damaged_spectrum(const std::string& where, std::int64_t row) {
  return fail("OVL-LIB-022", "the peaks of a spectrum cannot be decoded",
              fmt::format("{}, spectrum {}", where, row),
              "Copy the file again completely, or check which program wrote it.");
}

Result<std::size_t> for_each_row(const io::SqliteFile& database, const std::string& sql,
                                 const std::function<Result<void>(io::SqliteStatement&)>& take) {
  auto rows = database.query(sql);
  if (!rows) return std::unexpected(rows.error());
  for (std::size_t count = 0;; ++count) {
    const auto more = rows->next();
    if (!more) return std::unexpected(more.error());
    if (!*more) return count;
    if (auto done = take(*rows); !done) return std::unexpected(done.error());
  }
}

Result<bool> has_columns(const io::SqliteFile& database, const std::string& table,
                         const std::vector<std::string>& names) {
  const auto columns = database.columns(table);
  if (!columns) return std::unexpected(columns.error());
  const std::set<std::string> found(columns->begin(), columns->end());
  return std::ranges::all_of(names, [&](const std::string& name) { return found.contains(name); });
}

Result<ImportedLibrary> import_database(const std::filesystem::path& file,
                                        const ImportSettings& settings) {
  const auto database = io::SqliteFile::open(file);
  if (!database) return std::unexpected(database.error());
  using Import =
      Result<ImportedLibrary> (*)(const io::SqliteFile&, const std::string&, const ImportSettings&);
  struct Kind {
    const char* table;
    Import import;
  };
  static constexpr Kind kKinds[] = {
      {"RefSpectra", import_blib}, {"entries", import_dlib}, {"TRANSITION", import_pqp}};
  for (const auto& [table, import] : kKinds) {
    const auto columns = database->columns(table);
    if (!columns) return std::unexpected(columns.error());
    if (!columns->empty()) return import(*database, file.string(), settings);
  }
  return fail("OVL-LIB-024",
              "the SQLite database has none of the tables RefSpectra, entries and TRANSITION",
              file.string(),
              "Give a library of Skyline (.blib), EncyclopeDIA (.dlib) or OpenSWATH (.pqp).");
}

}  // namespace overland::exchange
