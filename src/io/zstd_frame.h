// Zstandard decompression (RFC 8878) of data that lie in memory.
#pragma once

#include <zstd.h>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace overland::io {

// Whether the bytes begin as a Zstandard frame does.
[[nodiscard]] bool is_zstd(std::span<const std::byte> bytes);

// Keeps its workspace between calls. Use one per thread.
class ZstdDecompressor {
 public:
  ZstdDecompressor();

  // Decompresses all frames of `input` into `output`. False if they are damaged, truncated or
  // decompress to more than `most` bytes. Memory grows with the number of blocks that are there,
  // not with a size that a header states.
  [[nodiscard]] bool decompress(std::span<const std::byte> input, std::size_t most,
                                std::vector<std::byte>& output);

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> context_;
};

}  // namespace overland::io
