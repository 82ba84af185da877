// The binary arrays of a spectrum. mzML: base64, optionally zlib or Zstandard, then numbers in one
// of several layouts, or MS-Numpress. mzXML: base64, optionally zlib, then pairs of big-endian
// numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/byte_source.h"
#include "io/mzml/array_layout.h"
#include "io/mzml/numpress.h"
#include "io/zstd_frame.h"

namespace overland::io {

enum class NumberType : std::uint8_t { none, float32, float64, int32, int64 };
enum class Compression : std::uint8_t { none, zlib, zstd };

struct ArrayEncoding {
  NumberType number = NumberType::none;
  Numpress numpress = Numpress::none;
  Compression compression = Compression::none;
  ArrayLayout layout = ArrayLayout::plain;
  bool is_paired = false;               // mzXML: m/z and intensity in turns, big endian
  bool names_compression = false;       // a term states the compression, or that there is none
  bool names_none = false;              // a term states that there is none
  bool is_contradictory = false;        // terms of several compressions
  std::string unread_compression = {};  // the accession of a compression that is not read
  std::uint64_t length = 0;             // declared number of values
  std::string other_terms = {};         // unknown accessions, for messages
};

// Decodes arrays one by one and keeps its workspace. Use one decoder per thread.
class ArrayDecoder {
 public:
  // Replaces `values` (64-bit numbers are narrowed). Without a term for the compression, and
  // without unknown terms, the data decide: as many bytes as values and width ask for are
  // uncompressed, others must inflate to as many. Errors, with empty `where`: OVL-RUN-005 (unknown
  // encoding, or terms that contradict the data), OVL-IO-003 (damaged), OVL-RUN-004 (not the
  // declared number of values).
  [[nodiscard]] Result<void> decode(std::string_view text, const ArrayEncoding& encoding,
                                    std::vector<float>& values);
  // The same for the pairs of mzXML; `length` of the encoding is the number of pairs.
  [[nodiscard]] Result<void> decode_pairs(std::string_view text, const ArrayEncoding& encoding,
                                          std::vector<float>& mz, std::vector<float>& intensity);

 private:
  [[nodiscard]] Result<std::span<const std::byte>> bytes_of(std::string_view text,
                                                            const ArrayEncoding& encoding);
  [[nodiscard]] bool decompresses(const ArrayEncoding& encoding);
  [[nodiscard]] bool inflates_to_length(const ArrayEncoding& encoding);
  [[nodiscard]] Result<std::span<const std::byte>> unpack(const ArrayEncoding& encoding);
  [[nodiscard]] Result<std::span<const std::byte>> unpack_as_stated(const ArrayEncoding& encoding);
  [[nodiscard]] Result<std::span<const std::byte>> restore(std::span<const std::byte> bytes,
                                                           const ArrayEncoding& encoding);
  [[nodiscard]] Result<void> read_numpress(std::span<const std::byte> bytes,
                                           const ArrayEncoding& encoding,
                                           std::vector<float>& values);
  Inflater inflater_{Inflater::Format::zlib};
  ZstdDecompressor zstd_;
  std::vector<std::byte> bytes_, inflated_, restored_;
  std::vector<double> doubles_;
};

}  // namespace overland::io
