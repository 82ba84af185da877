// A table of quantities of any program as rows of numbers on disk, with names replaced by indices.
//
// The table is read in pieces. Held in memory are the distinct names of groups, ions and runs, a
// few numbers for each of them, and one piece; the quantities lie in scratch files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lfq/lfq_layout.h"
#include "quantify/level_rows.h"

namespace overland::lfq {

struct LfqInput {
  LfqLayout layout;
  std::string group_column;               // name in the file
  std::vector<std::string> groups, runs;  // sorted, independent of row order
  std::uint64_t ions = 0;                 // distinct; numbered in the order of their names
  std::uint64_t quantities = 0;
  std::uint64_t rows = 0, filtered = 0;  // rows of the file; rows left out by the filters
  std::uint64_t nameless = 0;            // rows without group, ion or run
  std::uint64_t missing = 0;             // quantities empty, zero, negative, not finite
};

// The names, and the quantities by rank of the group; `sd` is NaN if the table has none.
struct LfqTable {
  LfqInput input;
  quantify::LevelRows quantities;
};

// `folder`: of the scratch files; it is created. Errors of find_lfq_layout and of TableStream,
// OVL-IO-082 (quantities that are not numbers), OVL-IO-083 (no row is left), and those of the
// scratch files.
[[nodiscard]] Result<LfqTable> read_lfq_table(const std::filesystem::path& file,
                                              const LfqColumnChoice& choice,
                                              const std::filesystem::path& folder,
                                              const quantify::BlockSizes& sizes = {});

}  // namespace overland::lfq
