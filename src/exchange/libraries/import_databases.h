// Importers of libraries in SQLite databases, and their common functions.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/machine.h"
#include "exchange/libraries/import_library.h"
#include "io/database/sqlite_file.h"

namespace overland::exchange {

// EncyclopeDIA: one row of `entries` per spectrum, big-endian zlib arrays, no annotation.
[[nodiscard]] Result<ImportedLibrary> import_dlib(const io::SqliteFile& database,
                                                  const std::string& where, const Machine& machine);
// Skyline (BiblioSpec): RefSpectra, RefSpectraPeaks, Modifications, RetentionTimes.
[[nodiscard]] Result<ImportedLibrary> import_blib(const io::SqliteFile& database,
                                                  const std::string& where, const Machine& machine);
// OpenSWATH: PRECURSOR, PEPTIDE, TRANSITION and the tables between them.
[[nodiscard]] Result<ImportedLibrary> import_pqp(const io::SqliteFile& database,
                                                 const std::string& where, const Machine& machine);

// Calls `take` for each row; returns the number of rows.
[[nodiscard]] Result<std::size_t> for_each_row(
    const io::SqliteFile& database, const std::string& sql,
    const std::function<Result<void>(io::SqliteStatement&)>& take);
// Whether a table with exactly these column names exists.
[[nodiscard]] Result<bool> has_columns(const io::SqliteFile& database, const std::string& table,
                                       const std::vector<std::string>& names);
// The error OVL-LIB-022. `row` is the number of the spectrum.
[[nodiscard]] std::unexpected<Error> damaged_spectrum(const std::string& where, std::int64_t row);

}  // namespace overland::exchange
