// A table of quantities of any program as columns of numbers, with names replaced by indices.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lfq/lfq_layout.h"
#include "quant/group_matrix.h"

namespace overland::lfq {

struct LfqInput {
  LfqLayout layout;
  std::string group_column;                     // name in the file
  std::vector<std::string> groups, ions, runs;  // sorted, independent of row order
  std::vector<std::uint32_t> group, ion, run;   // indices, one per quantity
  std::vector<double> quantity, sd;             // sd is empty if the table has none
  std::uint64_t rows = 0, filtered = 0;         // rows of the file; rows left out by the filters
  std::uint64_t nameless = 0;                   // rows without group, ion or run
  std::uint64_t missing = 0;                    // quantities empty, zero, negative, not finite

  [[nodiscard]] quant::LfqColumns columns() const { return {group, ion, run, quantity, sd}; }
};

// Errors of find_lfq_layout and of TableStream, OVL-IO-082 (quantities that are not numbers),
// OVL-IO-083 (no row is left).
[[nodiscard]] Result<LfqInput> read_lfq_input(const std::filesystem::path& file,
                                              const LfqColumnChoice& choice);

}  // namespace overland::lfq
