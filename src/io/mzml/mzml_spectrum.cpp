#include "io/mzml/mzml_spectrum.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <libmsnumpress/MSNumpress.hpp>

#include "base/pinned_math.h"
#include "io/mzml/mzml_base64.h"
#include "io/mzml/mzml_terms.h"

namespace overland::io {
namespace {

std::unexpected<Error> bad_value(const MzmlParam& param, const std::string& what) {
  return fail("OVL-RUN-001",
              std::string(param.term) + " " + what + ": '" + std::string(param.value) + "'", "",
              "The file is damaged or was written incorrectly; convert it again.");
}

Result<void> set_number(const MzmlParam& param, double& target) {
  const auto value = parse_number(param.value);
  if (!value) return bad_value(param, "is not a number");
  target = *value;
  return {};
}

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

Result<void> check_encoding(const ArrayEncoding& encoding) {
  const bool lacks_number =
      encoding.number == NumberType::none && encoding.numpress == Numpress::none;
  if (encoding.names_compression && !lacks_number) return {};
  const std::string what = encoding.names_compression ? "number type" : "compression";
  const std::string terms = encoding.other_terms.empty() ? "none given" : encoding.other_terms;
  return fail("OVL-RUN-005", "array " + what + " not known (terms: " + terms + ")", "",
              "Convert with zlib or no compression and 32- or 64-bit numbers.");
}

std::size_t width_of(NumberType type) {
  return type == NumberType::float64 || type == NumberType::int64 ? 8 : 4;
}

// Upper bound on the encoded size of `length` values: plain 64-bit numbers or numpress (at most 8 +
// 5n).
std::size_t most_bytes(std::uint64_t length) {
  return 8 * static_cast<std::size_t>(length) + 16;
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
  if (bytes.size() != encoding.length * width) {
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

Result<void> apply_spectrum_term(const MzmlParam& param, MzmlSpectrum& spectrum) {
  switch (param.accession) {
    case ms_term::kMsLevel: {
      double level = 0;
      if (auto done = set_number(param, level); !done) return done;
      if (!(level >= 0 && level <= 100)) return bad_value(param, "is out of range");
      spectrum.ms_level = static_cast<int>(level);
      return {};
    }
    case ms_term::kMs1Spectrum:  // some files omit the MS level
      if (spectrum.ms_level == 0) spectrum.ms_level = 1;
      return {};
    case ms_term::kProfileSpectrum:
      spectrum.is_profile = true;
      return {};
    case ms_term::kCentroidSpectrum:
      spectrum.is_centroid = true;
      return {};
    case ms_term::kNegativeScan:
      spectrum.is_negative = true;
      return {};
    case ms_term::kTotalIonCurrent:
      return set_number(param, spectrum.tic);
    default:
      return {};
  }
}

Result<void> apply_scan_term(const MzmlParam& param, MzmlSpectrum& spectrum) {
  // Of several combined scans the first gives the retention time.
  if (param.accession != ms_term::kScanStartTime || !std::isnan(spectrum.rt_minutes)) return {};
  const auto factor = minutes_per_unit(param.unit_accession, param.unit_name);
  if (!factor) {
    return bad_value(param, "(scan start time) has no known unit of time ('" +
                                std::string(param.unit_accession) + "')");
  }
  if (auto done = set_number(param, spectrum.rt_minutes); !done) return done;
  if (*factor != 1.0) spectrum.rt_minutes *= *factor;
  return {};
}

Result<void> apply_scan_window_term(const MzmlParam& param, MzmlSpectrum& spectrum) {
  double value = 0;
  if (param.accession == ms_term::kScanWindowLowerLimit) {
    if (auto done = set_number(param, value); !done) return done;
    spectrum.scan_low = std::fmin(spectrum.scan_low, value);  // fmin ignores NaN
  } else if (param.accession == ms_term::kScanWindowUpperLimit) {
    if (auto done = set_number(param, value); !done) return done;
    spectrum.scan_high = std::fmax(spectrum.scan_high, value);
  }
  return {};
}

Result<void> apply_isolation_term(const MzmlParam& param, MzmlIsolation& isolation) {
  switch (param.accession) {
    case ms_term::kIsolationTarget:
      return set_number(param, isolation.target);
    case ms_term::kIsolationLowerOffset:
      return set_number(param, isolation.lower_offset);
    case ms_term::kIsolationUpperOffset:
      return set_number(param, isolation.upper_offset);
    default:
      return {};
  }
}

Result<void> apply_activation_term(const MzmlParam& param, MzmlSpectrum& spectrum) {
  switch (param.accession) {
    case ms_term::kCollisionEnergy:
      return set_number(param, spectrum.energy);
    case ms_term::kNormalizedCollisionEnergy:
      return set_number(param, spectrum.normalized_energy);
    default:
      return {};
  }
}

void apply_array_term(const MzmlParam& param, MzmlArray& array) {
  ArrayEncoding& encoding = array.encoding;
  const auto compressed = [&](Numpress numpress, bool is_zlib) {
    encoding.names_compression = true;
    if (numpress != Numpress::none) encoding.numpress = numpress;
    encoding.is_zlib |= is_zlib;  // old files name numpress and zlib in two terms
  };
  switch (param.accession) {
    case ms_term::kMzArray:
      array.kind = MzmlArray::Kind::mz;
      break;
    case ms_term::kIntensityArray:
      array.kind = MzmlArray::Kind::intensity;
      break;
    case ms_term::kFloat32:
      encoding.number = NumberType::float32;
      break;
    case ms_term::kFloat64:
      encoding.number = NumberType::float64;
      break;
    case ms_term::kInteger32:
      encoding.number = NumberType::int32;
      break;
    case ms_term::kInteger64:
      encoding.number = NumberType::int64;
      break;
    case ms_term::kNoCompression:
      compressed(Numpress::none, false);
      break;
    case ms_term::kZlib:
      compressed(Numpress::none, true);
      break;
    case ms_term::kNumpressLinear:
      compressed(Numpress::linear, false);
      break;
    case ms_term::kNumpressPositiveInteger:
      compressed(Numpress::positive_integer, false);
      break;
    case ms_term::kNumpressShortLogged:
      compressed(Numpress::short_logged, false);
      break;
    case ms_term::kNumpressLinearZlib:
      compressed(Numpress::linear, true);
      break;
    case ms_term::kNumpressPositiveIntegerZlib:
      compressed(Numpress::positive_integer, true);
      break;
    case ms_term::kNumpressShortLoggedZlib:
      compressed(Numpress::short_logged, true);
      break;
    default:
      if (encoding.other_terms.size() > 200) break;
      if (!encoding.other_terms.empty()) encoding.other_terms += ", ";
      encoding.other_terms += param.term;
  }
}

void add_isolation(const MzmlIsolation& isolation, MzmlSpectrum& spectrum) {
  if (std::isnan(isolation.target)) return;
  const double low = isolation.target - isolation.lower_offset;
  const double high = isolation.target + isolation.upper_offset;
  if (std::isnan(spectrum.window_low)) {
    spectrum.window_low = low;
    spectrum.window_high = high;
  } else if (low != spectrum.window_low || high != spectrum.window_high) {
    spectrum.has_several_windows = true;
  }
}

std::optional<std::int32_t> native_scan_number(std::string_view id) {
  constexpr std::string_view kKey = "scan=";
  for (std::size_t at = id.find(kKey); at != std::string_view::npos; at = id.find(kKey, at + 1)) {
    if (at > 0 && id[at - 1] != ' ') continue;
    const char* const first = id.data() + at + kKey.size();
    const char* const last = id.data() + id.size();
    std::int32_t number = 0;
    const auto [end, code] = std::from_chars(first, last, number);
    if (code == std::errc() && (end == last || *end == ' ')) return number;
  }
  return std::nullopt;
}

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

Result<void> ArrayDecoder::decode(std::string_view text, const ArrayEncoding& encoding,
                                  std::vector<float>& values) {
  values.clear();
  if (auto known = check_encoding(encoding); !known) return known;
  if (!decode_base64(text, bytes_)) return damaged("an array is not base64");
  if (bytes_.empty() && encoding.length == 0) return {};
  // A byte of zlib expands to at most 1032 bytes, a byte of numpress to two numbers; larger lengths
  // are refused before memory is allocated.
  if (encoding.length > 2100 * bytes_.size()) return wrong_length(0, encoding.length);
  std::span<const std::byte> bytes = bytes_;
  if (encoding.is_zlib) {
    if (!inflate_all(inflater_, bytes, most_bytes(encoding.length), inflated_)) {
      return damaged("an array cannot be decompressed, or is longer than declared");
    }
    bytes = inflated_;
  }
  if (encoding.numpress != Numpress::none) return decode_numpress(bytes, encoding, values);
  return read_numbers(bytes, encoding, values);
}

}  // namespace overland::io
