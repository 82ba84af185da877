// Base64 (RFC 4648) as used in mzML: standard alphabet, padding, white space allowed anywhere.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace overland::io {

// Replaces `bytes`. False if a character is not in the alphabet, or if the padding or the length is
// wrong.
[[nodiscard]] bool decode_base64(std::string_view text, std::vector<std::byte>& bytes);
// Appends to `text`.
void encode_base64(std::span<const std::byte> bytes, std::string& text);

}  // namespace overland::io
