// The tables of quantities that are known by their columns, long (a row per quantity) and wide (a
// column per run).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace overland::lfq {

// Of each list of alternatives the first column that exists is taken; all of `ion` that exist, of
// which the first must.
struct KnownKind {
  std::string name;
  std::vector<std::string> group, run, ion, quantity, sd;
  std::vector<std::string> filters;  // where their column exists
  bool any_ion = false;              // the first of `ion` may be absent
};
[[nodiscard]] const std::vector<KnownKind>& known_kinds();

// Of matrices, in the same way.
[[nodiscard]] const std::vector<std::string>& matrix_group_columns();
[[nodiscard]] const std::vector<std::vector<std::string>>& matrix_ion_columns();
// Whether a column of a matrix describes its rows: no run has such a name.
[[nodiscard]] bool is_identity_column(std::string_view name);

// The run of a column of quantities: "Intensity A1", "A1 Intensity", "[1] A1.raw.FG.Quantity" are
// of A1, A1 and A1.raw. `pattern` numbers the form; nothing for another name.
struct RunColumn {
  std::size_t pattern = 0;
  std::string run;
};
[[nodiscard]] std::optional<RunColumn> run_of_column(std::string_view name);

// Letters and digits alone decide: "Raw file", "raw_file" and "Raw.File" are one name.
[[nodiscard]] bool is_same_column(std::string_view a, std::string_view b);

}  // namespace overland::lfq
