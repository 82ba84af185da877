// "Did you mean ...?": the known name that is closest to what somebody wrote.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace overland {

// Levenshtein distance: insertions, deletions and replacements of one character.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// The same, but a name of which at least three characters were written, and rightly, is one away.
[[nodiscard]] std::size_t name_distance(std::string_view written, std::string_view name);

// The first of the closest by name_distance; empty when there are no names.
[[nodiscard]] std::string nearest_name(std::string_view written,
                                       std::span<const std::string> names);

}  // namespace overland
