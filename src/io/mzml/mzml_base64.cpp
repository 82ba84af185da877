#include "io/mzml/mzml_base64.h"

#include <array>
#include <cstdint>

namespace overland::io {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint32_t kInvalid = 0x01000000;  // above the 24 bits of a group

using Table = std::array<std::uint32_t, 256>;

// The six bits of a character, shifted to their position in a group of 24, for characters 0..3 of
// the group: four look-ups and three ORs decode a group, and one comparison detects invalid
// characters.
constexpr std::array<Table, 4> make_tables() {
  std::array<Table, 4> tables{};
  for (Table& table : tables) table.fill(kInvalid);
  for (std::uint32_t value = 0; value < 64; ++value) {
    const auto character = static_cast<unsigned char>(kAlphabet[value]);
    for (std::uint32_t place = 0; place < 4; ++place) {
      tables[place][character] = value << (18 - 6 * place);
    }
  }
  return tables;
}
constexpr std::array<Table, 4> kTables = make_tables();

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

std::uint32_t group_at(const char* text) {
  return kTables[0][static_cast<unsigned char>(text[0])] |
         kTables[1][static_cast<unsigned char>(text[1])] |
         kTables[2][static_cast<unsigned char>(text[2])] |
         kTables[3][static_cast<unsigned char>(text[3])];
}

void put_group(std::uint32_t group, std::byte* out) {
  out[0] = static_cast<std::byte>(group >> 16);
  out[1] = static_cast<std::byte>(group >> 8);
  out[2] = static_cast<std::byte>(group);
}

struct Quad {
  std::array<char, 4> characters{'A', 'A', 'A', 'A'};
  std::size_t count = 0;     // data characters
  std::size_t paddings = 0;  // '='
};

// Reads four characters, skipping white space, from position `at`, which advances.
Quad next_quad(std::string_view text, std::size_t& at) {
  Quad quad;
  while (at < text.size() && quad.count + quad.paddings < 4) {
    const char c = text[at++];
    if (is_space(c)) continue;
    if (c == '=') {
      ++quad.paddings;
    } else if (quad.paddings > 0) {
      quad.paddings = 4;  // data after padding: refused by the caller
    } else {
      quad.characters[quad.count++] = c;
    }
  }
  return quad;
}

bool only_space(std::string_view text) {
  for (const char c : text) {
    if (!is_space(c)) return false;
  }
  return true;
}

}  // namespace

bool decode_base64(std::string_view text, std::vector<std::byte>& bytes) {
  bytes.resize(text.size() / 4 * 3 + 3);
  std::byte* out = bytes.data();
  std::size_t at = 0;
  for (;;) {
    for (; at + 4 <= text.size(); at += 4, out += 3) {
      const std::uint32_t group = group_at(text.data() + at);
      if (group >= kInvalid) break;
      put_group(group, out);
    }
    const Quad quad = next_quad(text, at);  // white space, padding, or the end
    if (quad.count == 0 && quad.paddings == 0) break;
    const std::uint32_t group = group_at(quad.characters.data());
    if (group >= kInvalid || quad.count < 2 || quad.count + quad.paddings != 4) return false;
    std::array<std::byte, 3> three{};
    put_group(group, three.data());
    for (std::size_t i = 0; i + 1 < quad.count; ++i) *out++ = three[i];
    if (quad.paddings > 0 && !only_space(text.substr(at))) return false;
    if (quad.paddings > 0) break;
  }
  bytes.resize(static_cast<std::size_t>(out - bytes.data()));
  return true;
}

void encode_base64(std::span<const std::byte> bytes, std::string& text) {
  text.reserve(text.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? static_cast<std::uint32_t>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? kAlphabet[(group >> (18 - 6 * k)) & 63] : '=';
    }
  }
}

}  // namespace overland::io
