// Detects which column holds the protein, precursor, run and quantity: chosen by the user, or known
// from the program that wrote the table.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace overland::lfq {

// The user's choice; empty values are taken from the known kind of table.
struct LfqColumnChoice {
  std::string group, run, quantity, sd;
  std::vector<std::string> ion;      // several columns are joined
  std::vector<std::string> filters;  // "Q.Value<=0.01", "Decoy==0"; empty: those of the known kind
  bool unfiltered = false;           // no filters at all
  bool is_wide = false;              // a matrix: a column per run
  bool is_log2 = false;              // quantities are logarithms
};

// Keeps the rows in which the comparison of the column's value with `number` or `text` holds.
struct RowFilter {
  enum class Compare { at_most, at_least, below, above, equal, different };
  std::size_t column = 0;  // index in the header
  Compare compare = Compare::at_most;
  double number = 0;
  std::string text;  // text of the number; compared if a cell is not a number
};

struct LfqLayout {
  std::string kind;       // "DIA-NN report", or "chosen columns"
  std::size_t group = 0;  // indices in the header
  std::vector<std::size_t> ion;
  std::vector<std::size_t> run, quantity, sd;  // one each; wide: no run, one quantity per run
  std::vector<std::string> wide_runs;          // wide: the run of each quantity
  std::vector<std::size_t> unscaled;           // column to which `sd` refers, if not `quantity`
  std::vector<RowFilter> filters;
  std::vector<std::string> filter_texts;
};

// Errors OVL-IO-080 (the kind of table is unknown and not all columns are chosen), OVL-IO-020 (no
// such column), OVL-USE-020 (a filter cannot be read), OVL-IO-081 (a wide table without run
// columns).
[[nodiscard]] Result<LfqLayout> find_lfq_layout(const std::vector<std::string>& header,
                                                const LfqColumnChoice& choice,
                                                const std::filesystem::path& file);

}  // namespace overland::lfq
