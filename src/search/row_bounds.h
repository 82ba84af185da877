// Sizes of the tables that the files of the stages point into. A file under work/ may be damaged or
// of another search, so whoever reads a row number from it checks it against these first.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <span>
#include <string>

#include "base/error.h"
#include "base/ids.h"
#include "search/run_view.h"

namespace overland::search {

struct RowBounds {
  std::size_t precursors = 0;  // of the library
  // Of the run; without limit for a reader that does not open it, and does not use these numbers.
  std::size_t scans = std::numeric_limits<std::size_t>::max();
  std::size_t windows = std::numeric_limits<std::size_t>::max();
};

[[nodiscard]] inline RowBounds bounds_of(const RunView& view) {
  return {view.library.precursor_count(), view.run.scan_count(), view.windows.size()};
}

[[nodiscard]] inline std::unexpected<Error> foreign_rows(std::string what,
                                                         const std::filesystem::path& file) {
  return fail("OVL-IO-061", std::move(what), file.string(),
              "Delete its folder, and give the same search command again; it makes what is "
              "missing.");
}

// Error OVL-IO-061 where one of the numbers of `column` is not below `end`.
template <class T>
[[nodiscard]] Result<void> check_below(std::span<const T> numbers, std::size_t end,
                                       const std::string& column,
                                       const std::filesystem::path& file) {
  const auto wrong =
      std::ranges::find_if(numbers, [end](T number) { return stored(number) >= end; });
  if (wrong == numbers.end()) return {};
  return foreign_rows("column '" + column + "' names number " + std::to_string(stored(*wrong)) +
                          " of " + std::to_string(end),
                      file);
}

}  // namespace overland::search
