// zlib and gzip decompression in pieces, with a limit on the size of the output.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace overland::io {

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
