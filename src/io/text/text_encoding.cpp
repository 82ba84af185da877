#include "io/text/text_encoding.h"

#include <array>
#include <cstddef>

namespace overland::io {
namespace {

// Bytes 0x80 to 0x9F of windows-1252 (WHATWG Encoding Standard); the others are those of Unicode.
constexpr std::array<char16_t, 32> kWindows1252{
    0x20AC, u'?',   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, u'?',   0x017D, u'?',   u'?',   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, u'?',   0x017E, 0x0178};

unsigned byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
}

bool is_continuation(std::string_view text, std::size_t i) {
  return (byte_at(text, i) & 0xC0U) == 0x80U;
}

// Length of the character at `i`, 0 if it is not UTF-8: overlong forms, surrogates and code points
// above U+10FFFF are not.
std::size_t length_at(std::string_view text, std::size_t i) {
  const unsigned first = byte_at(text, i);
  const unsigned second = byte_at(text, i + 1);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !is_continuation(text, i + 1)) return 0;
  if (first < 0xE0) return 2;
  const bool is_odd = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                      (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  if (is_odd || !is_continuation(text, i + 2)) return 0;
  if (first < 0xF0) return 3;
  return is_continuation(text, i + 3) ? 4 : 0;
}

void append(std::string& text, unsigned code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0U | (code >> 6U));
    text += static_cast<char>(0x80U | (code & 0x3FU));
  } else {
    text += static_cast<char>(0xE0U | (code >> 12U));
    text += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    text += static_cast<char>(0x80U | (code & 0x3FU));
  }
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = length_at(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

std::string to_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string utf8;
  for (const char c : text) {
    const unsigned byte = static_cast<unsigned char>(c);
    const bool is_listed = byte >= 0x80 && byte < 0xA0;
    append(utf8, is_listed ? kWindows1252[byte - 0x80] : byte);
  }
  return utf8;
}

}  // namespace overland::io
