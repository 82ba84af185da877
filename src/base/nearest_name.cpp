#include "base/nearest_name.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace overland {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);  // distances of a[0, i) to each prefix of b
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

std::size_t name_distance(std::string_view written, std::string_view name) {
  constexpr std::size_t kEnoughBegun = 3;
  const std::size_t edits = edit_distance(written, name);
  const bool is_begun = written.size() >= kEnoughBegun && name.starts_with(written);
  return is_begun ? std::min<std::size_t>(edits, 1) : edits;
}

std::string nearest_name(std::string_view written, std::span<const std::string> names) {
  const auto nearest = std::ranges::min_element(
      names, {}, [written](const std::string& name) { return name_distance(written, name); });
  return nearest == names.end() ? std::string{} : *nearest;
}

}  // namespace overland
