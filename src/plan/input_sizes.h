// The sizes of a search's inputs, from which its cost is predicted: read from what is cheap to
// read, never from the peaks or fragments themselves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stages/search_plan.h"

namespace overland::plan {

struct RunSize {
  std::string name;
  std::uint64_t file_bytes = 0, ms2_scans = 0, windows = 0, peaks = 0;
  bool is_converted = false;     // stages read a converted copy
  std::string_view source = "";  // where the numbers come from, in words
};

struct LibrarySize {
  std::uint64_t precursors = 0;  // with decoys and entrapments
  bool is_imported = false;      // the search writes a library from it
  std::string_view source = "";
};

struct InputSizes {
  std::vector<RunSize> runs;  // in the order of the search
  LibrarySize library;
};

// A run that was read in this results folder: its record. Otherwise an Arrow file: counts of scans,
// windows and peaks from its headers. Otherwise mzML: the number of spectra that it announces, and
// windows and bytes per peak of its first 8 MB. A run that cannot be read has zeros.
[[nodiscard]] RunSize size_of_run(const stages::SearchPlan& plan, const stages::RunInput& run);

// A NAME.lib: its rows. FASTA files: all proteins are digested, and the forms and charges inside
// the m/z range are counted for each eighth peptide. Tables of other programs: the size of the file
// and the usual number of bytes per precursor. Decoys and entrapments that the search will add are
// counted too. Errors of Proteome::read and build_rules.
[[nodiscard]] Result<LibrarySize> size_of_library(const stages::SearchPlan& plan,
                                                  const std::vector<RunSize>& runs);

// The library that a search in this folder worked with, where there is one.
[[nodiscard]] Result<InputSizes> input_sizes(const stages::SearchPlan& plan,
                                             bool is_library_current);

}  // namespace overland::plan
