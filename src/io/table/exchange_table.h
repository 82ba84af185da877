// Tables that other programs read as Arrow: gaps are nulls, and flags are booleans.
#pragma once

#include <filesystem>

#include "base/error.h"
#include "io/table/table.h"

namespace overland::io {

// Unit of a column of uint8 that is written as true and false, in Arrow, Parquet and text.
inline constexpr const char* kBoolean = "boolean";

// An Arrow IPC file, written atomically. Errors OVL-IO-002.
[[nodiscard]] Result<void> write_exchange_arrow(const Table& table,
                                                const std::filesystem::path& file);

}  // namespace overland::io
