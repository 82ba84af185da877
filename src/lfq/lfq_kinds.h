// The known tables of quantities, recognised by their columns: long (a row per quantity) or wide (a
// column per run).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace overland::lfq {

// Of each list of alternatives the first existing column is used. Of `ion` all existing columns are
// used; the first must exist.
struct KnownKind {
  std::string name;
  std::vector<std::string> group, run, ion, quantity, sd;
  std::vector<std::string> filters;  // applied if their column exists
  bool any_ion = false;              // the first of `ion` may be absent
};
[[nodiscard]] const std::vector<KnownKind>& known_kinds();

// The same lists for matrices.
[[nodiscard]] const std::vector<std::string>& matrix_group_columns();
[[nodiscard]] const std::vector<std::vector<std::string>>& matrix_ion_columns();
// Whether a column of a matrix describes its rows and cannot be a run.
[[nodiscard]] bool is_identity_column(std::string_view name);

// The run of a column of quantities: A1, A1 and A1.raw for "Intensity A1", "A1 Intensity" and "[1]
// A1.raw.FG.Quantity". `pattern` is the number of the matching pattern; empty if no pattern
// matches.
struct RunColumn {
  std::size_t pattern = 0;
  std::string run;
};
[[nodiscard]] std::optional<RunColumn> run_of_column(std::string_view name);

// Compares letters, regardless of case, and digits only: "Raw file", "raw_file" and "Raw.File" are
// equal.
[[nodiscard]] bool is_same_column(std::string_view a, std::string_view b);

}  // namespace overland::lfq
