// Tables of other programs to a library: DIA-NN, Spectronaut, OpenSWATH and Skyline-like TSV/CSV
// (plain or gzip) and Parquet, by a table of column aliases.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "library/library.h"

namespace overland {

// Precursors with fewer usable fragments are left out; of more, the most intense are kept.
inline constexpr std::size_t kMinFragments = 3;
inline constexpr std::size_t kMaxFragments = 24;

// Every row is accounted for: rows_read = rows_kept + the sum of rows_dropped.
struct ImportReport {
  std::uint64_t rows_read = 0, rows_kept = 0;
  std::map<std::string, std::uint64_t> rows_dropped;  // reason -> rows
  std::uint64_t precursors = 0, decoys = 0;
  // The file's m/z is off by more than 10 ppm; ours, from the sequence, was taken.
  std::uint64_t fragments_recomputed = 0, precursors_recomputed = 0;
};

struct ImportedLibrary {
  std::vector<LibraryPrecursor> precursors;
  ImportReport report;
  IntensityForm form = {};
};

// Errors OVL-LIB-020 (a required column is missing; names its aliases), OVL-LIB-021 (no usable
// row), OVL-LIB-022 (a value cannot be read; names file and row).
[[nodiscard]] Result<ImportedLibrary> import_library(const std::filesystem::path& file);

}  // namespace overland
