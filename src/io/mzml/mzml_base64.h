// Base64 (RFC 4648) as mzML uses it: standard alphabet, padding, white space allowed between.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace overland::io {

// Replaces `bytes`. False when a character is not of the alphabet, or padding or length are wrong.
[[nodiscard]] bool decode_base64(std::string_view text, std::vector<std::byte>& bytes);
// Appends to `text`.
void encode_base64(std::span<const std::byte> bytes, std::string& text);

}  // namespace overland::io
