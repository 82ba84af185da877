// Checks of the tables of a library when it is opened. A hash proves that a table was not changed
// after it was written, but not that it was written correctly, so both are checked.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/machine.h"
#include "library/library.h"

namespace overland::library {

// Compares each table with its hash in library.json, and the content hash with these hashes. Reads
// every byte of the tables once. Returns the difference as text; empty if all agree.
[[nodiscard]] std::string changed_table(const std::filesystem::path& folder,
                                        const nlohmann::json& description, bool has_splines,
                                        const Machine& machine);

// Checks all columns in one pass: numbers are finite and in order, every row number is within its
// table, every fragment is an ion of its peptide. Returns the first defect as text; empty if there
// is none. Precondition: the columns of a table have the same length; fragment_begin starts at 0
// and is non-decreasing.
[[nodiscard]] std::string inconsistency(const LibraryView& library, const Machine& machine);

}  // namespace overland::library
