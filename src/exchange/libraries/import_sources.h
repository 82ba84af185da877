// The importers of import_library, one function per type of library.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "exchange/libraries/import_library.h"
#include "io/database/sqlite_file.h"

namespace overland::exchange {

// Tables with one row per fragment. Errors OVL-LIB-020..022.
[[nodiscard]] Result<ImportedLibrary> import_table(const std::filesystem::path& file,
                                                   const ImportSettings& settings);
// MSP and SPTXT. Errors OVL-LIB-021, OVL-LIB-022.
[[nodiscard]] Result<ImportedLibrary> import_spectrum_text(const std::filesystem::path& file,
                                                           const ImportSettings& settings);
// DLIB, BLIB and PQP. Errors OVL-LIB-021, OVL-LIB-022, OVL-LIB-024.
[[nodiscard]] Result<ImportedLibrary> import_database(const std::filesystem::path& file,
                                                      const ImportSettings& settings);
// The binary libraries of DIA-NN, of one version. Errors OVL-LIB-021, OVL-LIB-022 (the content is
// not what it must be), OVL-LIB-024 (another version), OVL-LIB-028.
[[nodiscard]] Result<ImportedLibrary> import_speclib(const std::filesystem::path& file,
                                                     const ImportSettings& settings);
// The folder of Pioneer. Errors OVL-LIB-021, OVL-LIB-024.
[[nodiscard]] Result<ImportedLibrary> import_poin(const std::filesystem::path& folder,
                                                  const ImportSettings& settings);

// The SQLite databases that import_database reads, and their common functions.

// EncyclopeDIA: one row of `entries` per spectrum, big-endian zlib arrays, no annotation.
[[nodiscard]] Result<ImportedLibrary> import_dlib(const io::SqliteFile& database,
                                                  const std::string& where,
                                                  const ImportSettings& settings);
// Skyline (BiblioSpec): RefSpectra, RefSpectraPeaks, Modifications, RetentionTimes.
[[nodiscard]] Result<ImportedLibrary> import_blib(const io::SqliteFile& database,
                                                  const std::string& where,
                                                  const ImportSettings& settings);
// OpenSWATH: PRECURSOR, PEPTIDE, TRANSITION and the tables between them.
[[nodiscard]] Result<ImportedLibrary> import_pqp(const io::SqliteFile& database,
                                                 const std::string& where,
                                                 const ImportSettings& settings);

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
