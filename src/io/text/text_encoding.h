// The encoding of names in text files.
#pragma once

#include <string>
#include <string_view>

namespace overland::io {

[[nodiscard]] bool is_utf8(std::string_view text);
// The text itself if it is UTF-8, else read as windows-1252, the encoding of spreadsheets on
// western Windows; its five undefined bytes become '?'.
[[nodiscard]] std::string to_utf8(std::string_view text);

}  // namespace overland::io
