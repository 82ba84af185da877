#include "io/mzml/mzml_array.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <libmsnumpress/MSNumpress.hpp>

#include "base/pinned_math.h"
#include "io/mzml/mzml_base64.h"

namespace overland::io {
namespace {

static_assert(std::endian::native == std::endian::little, "mzML arrays are little endian");

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
              "Convert with zlib or no compression and 32- or 64-bit numbers.");
}

std::unexpected<Error> contradiction(const std::string& stated, const std::string& found) {
  return fail("OVL-RUN-005", "an array is stated as " + stated + ", but " + found, "",
              "The file was written incorrectly; convert it again.");
}

constexpr const char* kNoCompressionText = "'no compression' (MS:1000576)";
constexpr const char* kZlibText = "'zlib compression' (MS:1000574)";

Result<void> check_encoding(const ArrayEncoding& encoding) {
  const bool is_plain = encoding.numpress == Numpress::none;
  if (encoding.number == NumberType::none && is_plain)
    return unknown_encoding("number type", encoding);
  if (encoding.names_none && encoding.is_zlib && is_plain)
    return contradiction(kNoCompressionText, std::string("as ") + kZlibText + " too");
  return {};
}

std::size_t width_of(NumberType type) {
  return type == NumberType::float64 || type == NumberType::int64 ? 8 : 4;
}

// Upper bound on the encoded size of `length` values: plain 64-bit numbers or numpress (at most 8 +
// 5n).
std::size_t most_bytes(std::uint64_t length) {
  return 8 * static_cast<std::size_t>(length) + 16;
}

std::uint64_t uncompressed_size(const ArrayEncoding& encoding) {
  return encoding.length * width_of(encoding.number);
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
  const std::size_t width = width_of(encoding.number);
  if (bytes.size() != uncompressed_size(encoding)) {
    const std::size_t other = 12 - width;
    if (bytes.size() == encoding.length * other) {
      return contradiction(std::to_string(8 * width) + "-bit numbers",
                           "holds " + std::to_string(other) + " bytes for each of its values");
    }
    return wrong_length(bytes.size() / width, encoding.length);
  }
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

// value = exp(code / fixed_point) - 1; fixed_point is a big-endian double before the 16-bit codes.
// Not decoded by the library, which uses exp of libm, whose last bit differs between machines.
bool decode_short_logged(std::span<const std::byte> bytes, std::vector<double>& values) {
  if (bytes.size() < 8 || bytes.size() % 2 != 0) return false;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 8; ++i) bits = bits << 8 | static_cast<std::uint64_t>(bytes[i]);
  const double fixed_point = std::bit_cast<double>(bits);
  if (!(fixed_point > 0)) return false;
  values.clear();
  for (std::size_t i = 8; i < bytes.size(); i += 2) {
    const auto code = static_cast<unsigned>(bytes[i]) | static_cast<unsigned>(bytes[i + 1]) << 8;
    values.push_back(pinned::exp(code / fixed_point) - 1);
  }
  return true;
}

// False for damaged input. The library throws C strings and requires at least a header.
bool decode_with_library(std::span<const std::byte> bytes, Numpress kind,
                         std::vector<double>& values) {
  const auto* const data = reinterpret_cast<const unsigned char*>(bytes.data());
  values.resize(2 * bytes.size() + 2);  // a number takes at least half a byte
  std::size_t count = 0;
  try {
    if (kind == Numpress::linear) {
      if (bytes.size() < 8 || (bytes.size() > 8 && bytes.size() < 12) ||
          (bytes.size() > 12 && bytes.size() < 16)) {
        return false;
      }
      count = bytes.size() == 8
                  ? 0
                  : ms::numpress::MSNumpress::decodeLinear(data, bytes.size(), values.data());
    } else if (!bytes.empty()) {
      count = ms::numpress::MSNumpress::decodePic(data, bytes.size(), values.data());
    }
  } catch (...) {
    return false;
  }
  if (count > values.size()) return false;
  values.resize(count);
  return true;
}

}  // namespace

Result<void> ArrayDecoder::decode_numpress(std::span<const std::byte> bytes,
                                           const ArrayEncoding& encoding,
                                           std::vector<float>& values) {
  const bool is_read = encoding.numpress == Numpress::short_logged
                           ? decode_short_logged(bytes, doubles_)
                           : decode_with_library(bytes, encoding.numpress, doubles_);
  if (!is_read) return damaged("a numpress array is damaged");
  if (doubles_.size() != encoding.length) return wrong_length(doubles_.size(), encoding.length);
  values.clear();
  for (const double value : doubles_) values.push_back(static_cast<float>(value));
  return {};
}

bool ArrayDecoder::inflates_to_length(const ArrayEncoding& encoding) {
  return inflate_all(inflater_, bytes_, most_bytes(encoding.length), inflated_) &&
         inflated_.size() == uncompressed_size(encoding);
}

// Views the bytes of the numbers, in bytes_ or inflated_.
Result<std::span<const std::byte>> ArrayDecoder::unpack(const ArrayEncoding& encoding) {
  const bool is_plain = encoding.numpress == Numpress::none;
  const bool fits = is_plain && bytes_.size() == uncompressed_size(encoding);
  const std::string values = std::to_string(encoding.length) + " values";
  if (!encoding.names_compression) {
    if (fits) return bytes_;
    if (inflates_to_length(encoding)) return inflated_;
    return unknown_encoding("compression", encoding);
  }
  if (!encoding.is_zlib) {
    if (is_plain && !fits && inflates_to_length(encoding))
      return contradiction(kNoCompressionText, "holds its " + values + " compressed with zlib");
    return bytes_;
  }
  if (inflate_all(inflater_, bytes_, most_bytes(encoding.length), inflated_)) return inflated_;
  if (fits && encoding.length > 0)
    return contradiction(kZlibText, "holds its " + values + " uncompressed");
  return damaged("an array cannot be decompressed, or is longer than declared");
}

Result<void> ArrayDecoder::decode(std::string_view text, const ArrayEncoding& encoding,
                                  std::vector<float>& values) {
  values.clear();
  if (auto known = check_encoding(encoding); !known) return known;
  if (!decode_base64(text, bytes_)) return damaged("an array is not base64");
  if (bytes_.empty() && encoding.length == 0) return {};
  // A byte of zlib expands to at most 1032 bytes, a byte of numpress to two numbers; larger lengths
  // are refused before memory is allocated.
  if (encoding.length > 2100 * bytes_.size()) return wrong_length(0, encoding.length);
  const auto bytes = unpack(encoding);
  if (!bytes) return std::unexpected(bytes.error());
  if (encoding.numpress != Numpress::none) return decode_numpress(*bytes, encoding, values);
  return read_numbers(*bytes, encoding, values);
}

}  // namespace overland::io
