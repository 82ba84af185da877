// What the tables of a library promise to all code that reads them. A hash proves that a table is
// as it was written, not that its writer kept the promises, so both are checked on opening.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "library/library.h"

namespace overland::library {

// Compares each table with its hash in library.json, and the content hash with those. Reads every
// byte of the tables once. Empty when all agree.
[[nodiscard]] std::string changed_table(const std::filesystem::path& folder,
                                        const nlohmann::json& description, bool has_splines);

// One pass over all columns: numbers finite and in order, every row number inside its table, every
// fragment an ion of its peptide. Empty when all is well. Precondition: columns of one table are of
// one length; fragment_begin starts at 0 and never falls.
[[nodiscard]] std::string inconsistency(const LibraryView& library);

}  // namespace overland::library
