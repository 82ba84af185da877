// Exports a library to the formats of other programs:
//   .tsv      one row per fragment, with the column names of DIA-NN 1 (Spectronaut and OpenSWATH
//             know most of them)
//   .parquet  the same, with the names and types of DIA-NN 2
//   .msp      spectra as text
//   .blib     SQLite database of Skyline; no decoys
#pragma once

#include <filesystem>
#include <optional>

#include "library/library.h"

namespace overland::exchange {

struct ExportSettings {
  std::optional<double> nce = {};  // energy for splines; empty: reference energy
  bool decoys = false;             // also decoys; most programs make their own
};

struct ExportReport {
  std::uint64_t precursors = 0, fragments = 0, decoys_left_out = 0;
};

// Writes the file atomically. Errors OVL-LIB-025 (unknown format), OVL-LIB-026 (nothing to export),
// OVL-IO-002.
[[nodiscard]] Result<ExportReport> export_library(const library::LibraryView& library,
                                                  const std::filesystem::path& file,
                                                  const ExportSettings& settings);

}  // namespace overland::exchange
