// Arrow tables for other programs: missing values are nulls, and flags are booleans.
#pragma once

#include <filesystem>

#include "base/error.h"
#include "io/table/table.h"

namespace overland::io {

// Unit that marks a column of uint8 to be written as true and false, in Arrow, Parquet and text.
inline constexpr const char* kBoolean = "boolean";

// Writes an Arrow IPC file atomically. Errors OVL-IO-002.
[[nodiscard]] Result<void> write_exchange_arrow(const Table& table,
                                                const std::filesystem::path& file);

}  // namespace overland::io
