// Reads a column of lists of numbers from a Parquet file into flat arrays; io::Table has no lists.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace overland::io {

struct ListColumn {
  std::vector<std::uint64_t> begin;  // rows + 1 offsets
  std::vector<float> values;
};

// Errors OVL-IO-001, OVL-IO-003, OVL-IO-020 (no such column), OVL-IO-021 (not a list of numbers).
[[nodiscard]] Result<ListColumn> read_list_column(const std::filesystem::path& file,
                                                  const std::string& name);

}  // namespace overland::io
