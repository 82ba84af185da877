// The binary arrays of an mzML spectrum: base64, optionally zlib, then plain numbers or
// MS-Numpress.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/byte_source.h"

namespace overland::io {

enum class NumberType : std::uint8_t { none, float32, float64, int32, int64 };
enum class Numpress : std::uint8_t { none, linear, positive_integer, short_logged };

struct ArrayEncoding {
  NumberType number = NumberType::none;
  Numpress numpress = Numpress::none;
  bool is_zlib = false;
  bool names_compression = false;  // a term states the compression, or that there is none
  bool names_none = false;         // a term states that there is none
  std::uint64_t length = 0;        // declared number of values
  std::string other_terms = {};    // unknown accessions, for messages
};

// Decodes arrays one by one and keeps its workspace. Use one decoder per thread.
class ArrayDecoder {
 public:
  // Replaces `values` (64-bit numbers are narrowed). Without a term for the compression the data
  // decide: as many bytes as values and width ask for are uncompressed, others must inflate to as
  // many. Errors, with empty `where`: OVL-RUN-005 (unknown encoding, or terms that contradict the
  // data), OVL-IO-003 (damaged), OVL-RUN-004 (not the declared number of values).
  [[nodiscard]] Result<void> decode(std::string_view text, const ArrayEncoding& encoding,
                                    std::vector<float>& values);

 private:
  [[nodiscard]] bool inflates_to_length(const ArrayEncoding& encoding);
  [[nodiscard]] Result<std::span<const std::byte>> unpack(const ArrayEncoding& encoding);
  [[nodiscard]] Result<void> decode_numpress(std::span<const std::byte> bytes,
                                             const ArrayEncoding& encoding,
                                             std::vector<float>& values);
  Inflater inflater_{Inflater::Format::zlib};
  std::vector<std::byte> bytes_, inflated_;
  std::vector<double> doubles_;
};

}  // namespace overland::io
