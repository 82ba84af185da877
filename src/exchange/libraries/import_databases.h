// The libraries that are SQLite databases, and what their importers share.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "exchange/libraries/import_library.h"
#include "io/database/sqlite_file.h"

namespace overland::exchange {

// Of EncyclopeDIA: one row of `entries` per spectrum, big-endian zlib arrays, no annotation.
[[nodiscard]] Result<ImportedLibrary> import_dlib(const io::SqliteFile& database,
                                                  const std::string& where);
// Of Skyline (BiblioSpec): RefSpectra, RefSpectraPeaks, Modifications, RetentionTimes.
[[nodiscard]] Result<ImportedLibrary> import_blib(const io::SqliteFile& database,
                                                  const std::string& where);
// Of OpenSWATH: PRECURSOR, PEPTIDE, TRANSITION and the tables between them.
[[nodiscard]] Result<ImportedLibrary> import_pqp(const io::SqliteFile& database,
                                                 const std::string& where);

// Calls `take` for each row; returns how many there were.
[[nodiscard]] Result<std::size_t> for_each_row(
    const io::SqliteFile& database, const std::string& sql,
    const std::function<Result<void>(io::SqliteStatement&)>& take);
// Whether a table is there with these columns, written so.
[[nodiscard]] Result<bool> has_columns(const io::SqliteFile& database, const std::string& table,
                                       const std::vector<std::string>& names);
// OVL-LIB-022. `row` names the spectrum.
[[nodiscard]] std::unexpected<Error> damaged_spectrum(const std::string& where, std::int64_t row);

}  // namespace overland::exchange
