// SHA-1 (FIPS 180-4), the checksum that indexed mzML requires; not for security.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace overland::io {

class Sha1 {
 public:
  void add(std::string_view bytes);
  // 40 hexadecimal digits. Nothing may be added afterwards.
  [[nodiscard]] std::string finish();

 private:
  static constexpr std::size_t kBlock = 64;
  void add_block(const char* block);
  std::array<std::uint32_t, 5> state_{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  std::string rest_;  // less than a block
  std::uint64_t size_ = 0;
};

}  // namespace overland::io
