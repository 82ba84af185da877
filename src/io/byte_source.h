// Bytes of files in pieces: from a file, from memory, or decompressed while reading.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace overland::io {

// The next piece, valid until the next call; empty at the end.
using ByteSource = std::function<Result<std::span<const std::byte>>()>;

// Error OVL-IO-001.
[[nodiscard]] Result<ByteSource> file_source(const std::filesystem::path& file);
[[nodiscard]] ByteSource memory_source(std::span<const std::byte> bytes);
// Decompresses gzip, also with several members. Damaged or truncated input gives error OVL-IO-003,
// in which `where` names the input.
[[nodiscard]] ByteSource gunzip_source(ByteSource compressed, std::string where);
// Reads the next piece in another thread while the caller works on the current one.
[[nodiscard]] ByteSource read_ahead_source(ByteSource source);

// zlib and gzip decompression in pieces.
class Inflater {
 public:
  enum class Format { zlib, gzip };
  explicit Inflater(Format format);

  enum class State { more, done, damaged };
  // Consumes `input` and fills `output`, both from the front, until one of them is used up.
  struct Step {
    State state;
    std::size_t consumed, produced;
  };
  [[nodiscard]] Step run(std::span<const std::byte> input, std::span<std::byte> output);
  void reset();

 private:
  struct End {
    void operator()(z_stream* stream) const;
  };
  std::unique_ptr<z_stream, End> stream_;
};

// Decompresses a whole zlib stream into `output`. False if the stream is damaged, truncated or
// decompresses to more than `most` bytes. Memory grows with the actual size of the output.
[[nodiscard]] bool inflate_all(Inflater& inflater, std::span<const std::byte> input,
                               std::size_t most, std::vector<std::byte>& output);

}  // namespace overland::io
