// The binary arrays of mzML: base64, then zlib or not, then plain numbers or MS-Numpress.
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
  bool names_compression = false;  // some term said how it is compressed, or that it is not
  std::uint64_t length = 0;        // numbers, as declared
  std::string other_terms = {};    // accessions not understood, for messages
};

// Decodes one array after the other; keeps its scratch memory. One per thread.
class ArrayDecoder {
 public:
  // Replaces `values` (64-bit numbers are narrowed). Errors, without place: OVL-RUN-005 (encoding
  // not known), OVL-IO-003 (damaged), OVL-RUN-004 (not the declared number of values).
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
