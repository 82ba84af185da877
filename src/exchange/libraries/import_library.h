// Imports libraries of other programs. The format is detected by content:
//   tables with one row per fragment: DIA-NN, Spectronaut, OpenSWATH, FragPipe, Prosit; TSV, CSV
//   (plain or gzip), Parquet, Arrow; found by a table of column aliases
//   spectra as text: MSP (NIST, Prosit), SPTXT (SpectraST); plain or gzip
//   SQLite databases: DLIB and ELIB (EncyclopeDIA), BLIB (Skyline), PQP (OpenSWATH, EasyPQP)
//   the binary libraries of DIA-NN (.speclib) of one version
//   the folder NAME.poin of Pioneer, with plain or spline intensities
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/machine.h"
#include "library/library.h"

namespace overland::exchange {

// Precursors with fewer than kMinFragments usable fragments are left out; at most the kMaxFragments
// most intense ones are kept.
inline constexpr std::size_t kMinFragments = 3;
inline constexpr std::size_t kMaxFragments = 24;

struct ImportSettings {
  Machine machine = {};
  std::vector<DeclaredModification> modifications = {};  // names that only this library uses
};

// What a warning is about: the first few names, and how many there are.
struct NamedCases {
  std::vector<std::string> first;
  std::uint64_t distinct = 0;
};

// Every row is accounted for: rows_read = rows_kept + the sum of rows_dropped.
struct ImportReport {
  std::uint64_t rows_read = 0, rows_kept = 0;
  std::map<std::string, std::uint64_t> rows_dropped;  // reason -> rows
  std::map<std::string, NamedCases> dropped;          // reason -> modifications or precursors
  std::uint64_t precursors = 0, decoys = 0;
  // Counts of m/z in the file that differ by more than 10 ppm from the m/z calculated from the
  // sequence, which is used instead.
  std::uint64_t fragments_recomputed = 0, precursors_recomputed = 0;
  NamedCases recomputed;  // precursors
  NamedCases recoded;     // precursors with names that are not UTF-8, read as windows-1252
};

// What a user has to know of an import, a sentence for each cause; the same for every command.
[[nodiscard]] std::vector<std::string> import_warnings(const ImportReport& report);

struct ImportedLibrary {
  std::vector<library::LibraryPrecursor> precursors;
  ImportReport report;
  library::IntensityForm form = {};
};

// A row is a row of a table or a peak of a spectrum. Errors OVL-LIB-020 (a required column is
// missing; lists its aliases), OVL-LIB-021 (no usable row), OVL-LIB-022 (a value cannot be read;
// with file and row), OVL-LIB-027 (a column seems to hold the modified sequences, but has an
// unknown name), OVL-LIB-028 (precursor m/z of the library contradict its sequences), OVL-LIB-024
// (the type or structure of the library is not supported), OVL-IO-001, OVL-IO-003 (damaged); throws
// Cancelled.
[[nodiscard]] Result<ImportedLibrary> import_library(const std::filesystem::path& file,
                                                     const ImportSettings& settings = {});

// The files that a source consists of, sorted: itself, or the files of its folder.
[[nodiscard]] std::vector<std::filesystem::path> source_files(const std::filesystem::path& source);

}  // namespace overland::exchange
