// Writes the results of a search in the formats of other programs, one function per format
// (docs/formats/interop.md). Decoys are left out. All functions may return OVL-IO-002 and the
// errors listed.
#pragma once

#include <filesystem>
#include <string>

#include "exchange/results/search_results.h"

namespace overland::exchange {

struct MsstatsOptions {
  bool by_fragment = false;  // a row per fragment, from xic.parquet; else a row per precursor
};
// Input of MSstats (CSV). Errors of visit_fragments.
[[nodiscard]] Result<void> export_msstats(const SearchResults& results,
                                          const MsstatsOptions& options,
                                          const std::filesystem::path& file);

// mzTab 1.0, summary of quantities. Errors OVL-LIB-010 (a modified sequence cannot be read),
// OVL-IO-001, 003, 090 (protein_groups.parquet).
[[nodiscard]] Result<void> export_mztab(const SearchResults& results,
                                        const std::filesystem::path& file);

// A folder for Skyline: results.blib, peak_boundaries.csv, precursors.csv. Errors of
// visit_fragments, OVL-LIB-010.
[[nodiscard]] Result<void> export_skyline(const SearchResults& results,
                                          const std::filesystem::path& folder);

// A folder with the tables of Pioneer, as .arrow and .tsv. Errors OVL-LIB-010, OVL-IO-001, 003, 090
// (protein_groups.parquet).
[[nodiscard]] Result<void> export_pioneer(const SearchResults& results,
                                          const std::filesystem::path& folder);

// The main report of DIA-NN 1.8 (TSV), with fragments if there is an xic.parquet.
[[nodiscard]] Result<void> export_diann_report(const SearchResults& results,
                                               const std::filesystem::path& file);

}  // namespace overland::exchange
