// The importers of import_library, one function per type of library.
#pragma once

#include <filesystem>

#include "base/machine.h"
#include "exchange/libraries/import_library.h"

namespace overland::exchange {

// Tables with one row per fragment. Errors OVL-LIB-020..022.
[[nodiscard]] Result<ImportedLibrary> import_table(const std::filesystem::path& file,
                                                   const Machine& machine);
// MSP and SPTXT. Errors OVL-LIB-021, OVL-LIB-022.
[[nodiscard]] Result<ImportedLibrary> import_spectrum_text(const std::filesystem::path& file,
                                                           const Machine& machine);
// DLIB, BLIB and PQP. Errors OVL-LIB-021, OVL-LIB-022, OVL-LIB-024.
[[nodiscard]] Result<ImportedLibrary> import_database(const std::filesystem::path& file,
                                                      const Machine& machine);
// The folder of Pioneer. Errors OVL-LIB-021, OVL-LIB-024.
[[nodiscard]] Result<ImportedLibrary> import_poin(const std::filesystem::path& folder,
                                                  const Machine& machine);

}  // namespace overland::exchange
