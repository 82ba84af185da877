#include "io/zstd_frame.h"

#include <algorithm>
#include <array>
#include <new>

namespace overland::io {
namespace {

constexpr std::size_t kLargestBlock = std::size_t{128} << 10;  // RFC 8878, 3.1.1.2
constexpr std::size_t kSmallestBlock = 4;                      // a header, and one repeated byte

}  // namespace

bool is_zstd(std::span<const std::byte> bytes) {
  constexpr std::array<std::byte, 4> kMagic{std::byte{0x28}, std::byte{0xB5}, std::byte{0x2F},
                                            std::byte{0xFD}};
  return bytes.size() >= kMagic.size() && std::ranges::equal(bytes.first(kMagic.size()), kMagic);
}

ZstdDecompressor::ZstdDecompressor() : context_(ZSTD_createDCtx()) {
  if (!context_) throw std::bad_alloc();
}

bool ZstdDecompressor::decompress(std::span<const std::byte> input, std::size_t most,
                                  std::vector<std::byte>& output) {
  const std::size_t possible = (input.size() / kSmallestBlock + 1) * kLargestBlock;
  output.resize(std::min(most, possible));
  const std::size_t size =
      ZSTD_decompressDCtx(context_.get(), output.data(), output.size(), input.data(), input.size());
  if (ZSTD_isError(size) != 0U) return false;
  output.resize(size);
  return true;
}

}  // namespace overland::io
