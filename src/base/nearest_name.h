// "Did you mean ...?": the known name that is closest to the user's text.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace overland {

// Levenshtein distance: insertions, deletions and replacements of one character.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// As edit_distance, but at most 1 if `written` has at least three characters and is the beginning
// of `name`.
[[nodiscard]] std::size_t name_distance(std::string_view written, std::string_view name);

// The name with the smallest name_distance, the first of equals; empty when there are no names.
[[nodiscard]] std::string nearest_name(std::string_view written,
                                       std::span<const std::string> names);

}  // namespace overland
