// Which columns of a table of quantities are what: chosen by the user, or known from the program
// that wrote it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace overland::lfq {

// What the user said; empty: as known for this kind of table.
struct LfqColumnChoice {
  std::string group, run, quantity, sd;
  std::vector<std::string> ion;      // several are joined
  std::vector<std::string> filters;  // "Q.Value<=0.01", "Decoy==0"; none: those of the kind
  bool unfiltered = false;           // not even those of the kind
  bool is_wide = false;              // a matrix: a column per run
  bool is_log2 = false;              // quantities are logarithms
};

// Keeps the rows in which the column's value compares so with `number` or `text`.
struct RowFilter {
  enum class Compare { at_most, at_least, below, above, equal, different };
  std::size_t column = 0;  // place in the header
  Compare compare = Compare::at_most;
  double number = 0;
  std::string text;  // what the number was written as; compared where a cell is no number
};

struct LfqLayout {
  std::string kind;       // "DIA-NN report", or "chosen columns"
  std::size_t group = 0;  // places in the header
  std::vector<std::size_t> ion;
  std::vector<std::size_t> run, quantity, sd;  // one each; or wide: no run, a quantity for each run
  std::vector<std::string> wide_runs;          // wide: the run of each quantity
  std::vector<std::size_t> unscaled;           // what `sd` is of, where that is not `quantity`
  std::vector<RowFilter> filters;
  std::vector<std::string> filter_texts;
};

// Errors OVL-IO-080 (a kind of table that is not known, and columns not all chosen), OVL-IO-020 (no
// such column), OVL-USE-020 (a filter that cannot be read), OVL-IO-081 (wide without run columns).
[[nodiscard]] Result<LfqLayout> find_lfq_layout(const std::vector<std::string>& header,
                                                const LfqColumnChoice& choice,
                                                const std::filesystem::path& file);

}  // namespace overland::lfq
