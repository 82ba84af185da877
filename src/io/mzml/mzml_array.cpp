#include "io/mzml/mzml_array.h"

#include <bit>
#include <cstring>

#include "io/mzml/mzml_base64.h"

namespace overland::io {
namespace {

static_assert(std::endian::native == std::endian::little, "mzML arrays are little endian");

constexpr std::string_view kConvertAdvice =
    "Convert with zlib or no compression and 32- or 64-bit numbers.";

std::unexpected<Error> damaged(const std::string& what) {
  return fail("OVL-IO-003", what, "", "The file is damaged; copy or convert it again.");
}

std::unexpected<Error> wrong_length(std::uint64_t found, std::uint64_t declared) {
  return fail("OVL-RUN-004",
              "an array holds " + std::to_string(found) + " values where " +
                  std::to_string(declared) + " are declared",
              "", "The file is damaged or was written incorrectly; convert it again.");
}

std::unexpected<Error> unknown_encoding(const std::string& what, const ArrayEncoding& encoding) {
  const std::string terms = encoding.other_terms.empty() ? "none given" : encoding.other_terms;
  return fail("OVL-RUN-005", "array " + what + " not known (terms: " + terms + ")", "",
              std::string(kConvertAdvice));
}

std::unexpected<Error> contradiction(const std::string& stated, const std::string& found) {
  return fail("OVL-RUN-005", "an array is stated as " + stated + ", but " + found, "",
              "The file was written incorrectly; convert it again.");
}

std::string stated_compression(const ArrayEncoding& encoding, Compression compression) {
  if (encoding.is_paired)
    return compression == Compression::none ? "compressionType 'none'" : "compressionType 'zlib'";
  switch (compression) {
    case Compression::none:
      return "'no compression' (MS:1000576)";
    case Compression::zlib:
      return "'zlib compression' (MS:1000574)";
    case Compression::zstd:
      return "compressed with Zstandard (MS:1003780 to MS:1003785)";
  }
  return "";
}

bool is_of_plain_size(const ArrayEncoding& encoding) {
  return encoding.numpress == Numpress::none && encoding.layout != ArrayLayout::dictionary;
}

Result<void> check_encoding(const ArrayEncoding& encoding) {
  const bool is_plain = encoding.numpress == Numpress::none;
  if (!encoding.unread_compression.empty()) {
    return fail("OVL-RUN-005",
                "the compression " + encoding.unread_compression + " of an array is not read", "",
                std::string(kConvertAdvice));
  }
  if (encoding.number == NumberType::none && is_plain)
    return unknown_encoding("number type", encoding);
  if (encoding.is_contradictory) {
    return contradiction(stated_compression(encoding, Compression::zlib),
                         "as " + stated_compression(encoding, Compression::zstd) + " too");
  }
  if (encoding.names_none && encoding.compression != Compression::none && is_plain) {
    return contradiction(stated_compression(encoding, Compression::none),
                         "as " + stated_compression(encoding, encoding.compression) + " too");
  }
  return {};
}

std::size_t width_of(NumberType type) {
  return type == NumberType::float64 || type == NumberType::int64 ? 8 : 4;
}

std::uint64_t number_count(const ArrayEncoding& encoding) {
  return encoding.is_paired ? 2 * encoding.length : encoding.length;
}

// Upper bound on the decompressed size: plain 64-bit numbers, numpress (at most 8 + 5n), or a
// dictionary (16 + 8n and the indices, 8n; in practice much less).
std::size_t most_bytes(const ArrayEncoding& encoding) {
  return (encoding.layout == ArrayLayout::dictionary ? 16 : 8) *
             static_cast<std::size_t>(number_count(encoding)) +
         16;
}

// Upper bound on the values that `bytes` can hold. A byte of zlib expands to at most 1032 bytes, a
// byte of numpress to two numbers; 4 bytes of Zstandard expand to at most 128 KiB.
std::uint64_t most_values(std::size_t bytes, Compression compression) {
  constexpr std::uint64_t kOfZlib = 2100, kOfBlock = 2 * (std::uint64_t{128} << 10);
  return compression == Compression::zstd ? (bytes / 4 + 1) * kOfBlock : kOfZlib * bytes;
}

std::uint64_t uncompressed_size(const ArrayEncoding& encoding) {
  return number_count(encoding) * width_of(encoding.number);
}

// Whether the bytes of the numbers are as many as their count and width ask for.
Result<void> check_size(std::span<const std::byte> bytes, const ArrayEncoding& encoding) {
  if (bytes.size() == uncompressed_size(encoding)) return {};
  const std::size_t width = width_of(encoding.number), other = 12 - width;
  if (bytes.size() == number_count(encoding) * other) {
    return contradiction(std::to_string(8 * width) + "-bit numbers",
                         "holds " + std::to_string(other) + " bytes for each of its values");
  }
  return wrong_length(bytes.size() / width, number_count(encoding));
}

template <class T>
void copy_numbers(std::span<const std::byte> bytes, std::vector<float>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<float>(value);
  }
}

Result<void> read_numbers(std::span<const std::byte> bytes, const ArrayEncoding& encoding,
                          std::vector<float>& values) {
  if (auto fits = check_size(bytes, encoding); !fits) return fits;
  values.resize(static_cast<std::size_t>(encoding.length));
  if (values.empty()) return {};
  switch (encoding.number) {
    case NumberType::float64:
      copy_numbers<double>(bytes, values);
      break;
    case NumberType::int32:
      copy_numbers<std::int32_t>(bytes, values);
      break;
    case NumberType::int64:
      copy_numbers<std::int64_t>(bytes, values);
      break;
    case NumberType::none:
    case NumberType::float32:
      std::memcpy(values.data(), bytes.data(), bytes.size());
      break;
  }
  return {};
}

// Bits: an unsigned integer as wide as T.
template <class T, class Bits>
void copy_pairs(std::span<const std::byte> bytes, std::vector<float>& mz,
                std::vector<float>& intensity) {
  const auto number = [&](std::size_t i) {
    Bits bits;
    std::memcpy(&bits, bytes.data() + i * sizeof(T), sizeof(T));
    return static_cast<float>(std::bit_cast<T>(std::byteswap(bits)));
  };
  for (std::size_t i = 0; i < mz.size(); ++i) {
    mz[i] = number(2 * i);
    intensity[i] = number(2 * i + 1);
  }
}

}  // namespace

Result<void> ArrayDecoder::read_numpress(std::span<const std::byte> bytes,
                                         const ArrayEncoding& encoding,
                                         std::vector<float>& values) {
  if (!decode_numpress(bytes, encoding.numpress, doubles_))
    return damaged("a numpress array is damaged");
  if (doubles_.size() != encoding.length) return wrong_length(doubles_.size(), encoding.length);
  values.clear();
  for (const double value : doubles_) values.push_back(static_cast<float>(value));
  return {};
}

bool ArrayDecoder::decompresses(const ArrayEncoding& encoding) {
  const std::size_t most = most_bytes(encoding);
  return encoding.compression == Compression::zstd
             ? zstd_.decompress(bytes_, most, inflated_)
             : inflate_all(inflater_, bytes_, most, inflated_);
}

bool ArrayDecoder::inflates_to_length(const ArrayEncoding& encoding) {
  return inflate_all(inflater_, bytes_, most_bytes(encoding), inflated_) &&
         inflated_.size() == uncompressed_size(encoding);
}

// The compression is stated. Views the decompressed bytes, in bytes_ or inflated_.
Result<std::span<const std::byte>> ArrayDecoder::unpack_as_stated(const ArrayEncoding& encoding) {
  const bool is_plain = is_of_plain_size(encoding);
  const bool fits = is_plain && bytes_.size() == uncompressed_size(encoding);
  const std::string values = "holds its " + std::to_string(number_count(encoding)) + " values ";
  const auto stated = [&] { return stated_compression(encoding, encoding.compression); };
  if (encoding.compression == Compression::none) {
    if (!is_plain || fits) return bytes_;
    if (inflates_to_length(encoding))
      return contradiction(stated(), values + "compressed with zlib");
    if (is_zstd(bytes_)) return contradiction(stated(), values + "compressed with Zstandard");
    return bytes_;
  }
  if (decompresses(encoding)) return inflated_;
  if (fits && encoding.length > 0) return contradiction(stated(), values + "uncompressed");
  if (encoding.compression == Compression::zlib && is_zstd(bytes_))
    return contradiction(stated(), values + "compressed with Zstandard");
  return damaged("an array cannot be decompressed, or is longer than declared");
}

// Without a stated compression, layouts of Zstandard cannot be told apart.
Result<std::span<const std::byte>> ArrayDecoder::unpack(const ArrayEncoding& encoding) {
  if (encoding.names_compression) return unpack_as_stated(encoding);
  if (encoding.other_terms.empty()) {
    if (is_of_plain_size(encoding) && bytes_.size() == uncompressed_size(encoding)) return bytes_;
    if (inflates_to_length(encoding)) return inflated_;
  }
  return unknown_encoding("compression", encoding);
}

Result<std::span<const std::byte>> ArrayDecoder::restore(std::span<const std::byte> bytes,
                                                         const ArrayEncoding& encoding) {
  const std::size_t width = width_of(encoding.number);
  switch (encoding.layout) {
    case ArrayLayout::plain:
      return bytes;
    case ArrayLayout::shuffled:
      if (!unshuffle(bytes, width, restored_)) return damaged("a byte-shuffled array is damaged");
      return restored_;
    case ArrayLayout::dictionary:
      if (!look_up(bytes, width, encoding.length, restored_))
        return damaged("a dictionary-encoded array is damaged, or not of the declared length");
      return restored_;
  }
  return bytes;
}

// Views the bytes of the numbers, which lie in the workspace.
Result<std::span<const std::byte>> ArrayDecoder::bytes_of(std::string_view text,
                                                          const ArrayEncoding& encoding) {
  if (auto known = check_encoding(encoding); !known) return std::unexpected(known.error());
  if (!decode_base64(text, bytes_)) return damaged("an array is not base64");
  if (bytes_.empty() && encoding.length == 0) return bytes_;
  // Larger lengths are refused before memory is allocated.
  if (encoding.length > most_values(bytes_.size(), encoding.compression))
    return wrong_length(0, encoding.length);
  const auto unpacked = unpack(encoding);
  if (!unpacked) return unpacked;
  return restore(*unpacked, encoding);
}

Result<void> ArrayDecoder::decode(std::string_view text, const ArrayEncoding& encoding,
                                  std::vector<float>& values) {
  values.clear();
  const auto bytes = bytes_of(text, encoding);
  if (!bytes) return std::unexpected(bytes.error());
  if (bytes->empty() && encoding.length == 0) return {};
  if (encoding.numpress != Numpress::none) return read_numpress(*bytes, encoding, values);
  return read_numbers(*bytes, encoding, values);
}

Result<void> ArrayDecoder::decode_pairs(std::string_view text, const ArrayEncoding& encoding,
                                        std::vector<float>& mz, std::vector<float>& intensity) {
  mz.clear();
  intensity.clear();
  const auto bytes = bytes_of(text, encoding);
  if (!bytes) return std::unexpected(bytes.error());
  if (auto fits = check_size(*bytes, encoding); !fits) return fits;
  mz.resize(static_cast<std::size_t>(encoding.length));
  intensity.resize(mz.size());
  if (encoding.number == NumberType::float64) {
    copy_pairs<double, std::uint64_t>(*bytes, mz, intensity);
  } else {
    copy_pairs<float, std::uint32_t>(*bytes, mz, intensity);
  }
  return {};
}

}  // namespace overland::io
