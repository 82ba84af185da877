// Compresses a text to one gzip member. Members can be concatenated to one .gz file (RFC 1952), so
// that parts can be compressed by several threads. There is no time stamp: the same text gives the
// same bytes.
#pragma once

#include <string>
#include <string_view>

namespace overland::simulate {

[[nodiscard]] std::string gzip_member(std::string_view text);

}  // namespace overland::simulate
