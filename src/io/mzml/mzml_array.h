// Decodes the binary arrays of mzML: base64, optionally zlib, then plain numbers or MS-Numpress.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/mzml_inflate.h"

namespace overland::io {

enum class NumberType : std::uint8_t { none, float32, float64, int32, int64 };
enum class Numpress : std::uint8_t { none, linear, positive_integer, short_logged };

struct ArrayEncoding {
  NumberType number = NumberType::none;
  Numpress numpress = Numpress::none;
  bool is_zlib = false;
  bool names_compression = false;  // a term states the compression, or that there is none
  std::uint64_t length = 0;        // declared number of values
  std::string other_terms = {};    // unknown accessions, for messages
};

// Decodes arrays one by one and keeps its workspace. Use one decoder per thread.
class ArrayDecoder {
 public:
  // Replaces `values` (64-bit numbers are narrowed). Errors, with empty `where`: OVL-RUN-005
  // (unknown encoding), OVL-IO-003 (damaged), OVL-RUN-004 (not the declared number of values).
  [[nodiscard]] Result<void> decode(std::string_view text, const ArrayEncoding& encoding,
                                    std::vector<float>& values);

 private:
  [[nodiscard]] Result<void> decode_numpress(std::span<const std::byte> bytes,
                                             const ArrayEncoding& encoding,
                                             std::vector<float>& values);
  Inflater inflater_{Inflater::Format::zlib};
  std::vector<std::byte> bytes_, inflated_;
  std::vector<double> doubles_;
};

}  // namespace overland::io
