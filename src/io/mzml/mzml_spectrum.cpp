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

struct IsolationLimits {
  double low = MzmlSpectrum::kNone, high = MzmlSpectrum::kNone;
  WindowDefect defect = WindowDefect::none;
  bool are_offsets = false;  // they were stated as offsets
};

IsolationLimits limits_of(const MzmlIsolation& isolation) {
  constexpr double kNone = MzmlSpectrum::kNone;
  const auto with = [](WindowDefect defect) { return IsolationLimits{kNone, kNone, defect}; };
  const double target = isolation.target, half = isolation.width / 2;
  const bool has_width =
      std::isnan(isolation.lower_offset) && std::isnan(isolation.upper_offset) && !std::isnan(half);
  const double lower = has_width ? half : isolation.lower_offset;
  const double upper = has_width ? half : isolation.upper_offset;
  if (std::isnan(target) && std::isnan(lower) && std::isnan(upper))
    return with(WindowDefect::no_window);
  if (std::isnan(target) || target == 0) return with(WindowDefect::no_target);
  if (std::isnan(lower) && std::isnan(upper)) return with(WindowDefect::no_offsets);
  if (std::isnan(lower) || std::isnan(upper)) return with(WindowDefect::one_offset);
  if (lower < 0 || upper < 0) return with(WindowDefect::negative_offset);
  if (lower == 0 && upper == 0) return with(WindowDefect::no_width);
  if (target / 2 < lower && lower <= target && target <= upper && lower < upper)
    return {.low = lower, .high = upper, .are_offsets = true};
  if (target < lower) return with(WindowDefect::below_zero);
  return {.low = target - lower, .high = target + upper};
}

// Of several combined scans the first gives the retention time.
Result<void> set_time(const MzmlParam& param, MzmlSpectrum& spectrum) {
  if (!std::isnan(spectrum.rt_minutes)) return {};
  if (const auto minutes = parse_duration_minutes(param.value)) {
    spectrum.rt_minutes = *minutes;
    return {};
  }
  if (auto done = set_number(param, spectrum.rt_minutes); !done) return done;
  spectrum.has_time_unit = !param.unit_accession.empty() || !param.unit_name.empty();
  if (!spectrum.has_time_unit) return {};
  const auto factor = minutes_per_unit(param.unit_accession, param.unit_name);
  if (!factor) {
    return bad_value(param, "(scan start time) has no known unit of time ('" +
                                std::string(param.unit_accession) + "')");
  }
  if (*factor != 1.0) spectrum.rt_minutes *= *factor;
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

// By its term, or by the name of an array without one.
bool is_mobility(const MzmlParam& param) {
  if (is_mobility_array(param.accession)) return true;
  return param.accession == ms_term::kNonStandardArray &&
         (param.value.find("mobility") != std::string_view::npos ||
          param.value.find("drift") != std::string_view::npos);
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
    case ms_term::kMs1Spectrum:
      spectrum.says_ms1 = true;
      return {};
    case ms_term::kMsnSpectrum:
      spectrum.says_msn = true;
      return {};
    case ms_term::kScanStartTime:  // belongs to the scan, but some files state it here
      return set_time(param, spectrum);
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

Result<void> settle_level(MzmlSpectrum& spectrum) {
  const bool contradicts = (spectrum.ms_level == 1 && spectrum.says_msn) ||
                           (spectrum.ms_level > 1 && spectrum.says_ms1) ||
                           (spectrum.ms_level == 0 && spectrum.says_ms1 && spectrum.says_msn);
  if (contradicts) {
    const std::string level =
        spectrum.ms_level == 0 ? "" : ", ms level " + std::to_string(spectrum.ms_level);
    return fail("OVL-RUN-015",
                std::string("a spectrum is stated as ") +
                    (spectrum.says_ms1 ? "'MS1 spectrum' (MS:1000579)" : "") +
                    (spectrum.says_ms1 && spectrum.says_msn ? " and " : "") +
                    (spectrum.says_msn ? "'MSn spectrum' (MS:1000580)" : "") + level,
                "", "The file was written incorrectly; convert it again.");
  }
  if (spectrum.ms_level != 0) return {};
  if (spectrum.says_ms1) {
    spectrum.ms_level = 1;
  } else if (spectrum.says_msn || spectrum.has_isolation) {
    spectrum.ms_level = 2;
    spectrum.is_level_inferred = true;
  }
  return {};
}

Result<void> apply_scan_term(const MzmlParam& param, MzmlSpectrum& spectrum) {
  switch (param.accession) {
    case ms_term::kScanStartTime:
      return set_time(param, spectrum);
    case ms_term::kCompensationVoltage:
      return set_number(param, spectrum.compensation_voltage);
    case ms_term::kDriftTime:
    case ms_term::kInverseReducedMobility:
      return set_number(param, spectrum.mobility);
    default:
      return {};
  }
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
    case ms_term::kIsolationWidth:
      return set_number(param, isolation.width);
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
      encoding.names_none = true;
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
      if (is_mobility(param)) array.kind = MzmlArray::Kind::mobility;
      if (encoding.other_terms.size() > 200) break;
      if (!encoding.other_terms.empty()) encoding.other_terms += ", ";
      encoding.other_terms += param.term;
  }
}

void add_isolation(const MzmlIsolation& isolation, MzmlSpectrum& spectrum) {
  const IsolationLimits limits = limits_of(isolation);
  if (limits.defect == WindowDefect::no_window) return;
  const auto is_same = [](double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
  };
  if (spectrum.window_defect == WindowDefect::no_window) {
    spectrum.window_defect = limits.defect;
    spectrum.has_limits_as_offsets = limits.are_offsets;
    spectrum.window_target = isolation.target;
    spectrum.window_low = limits.low;
    spectrum.window_high = limits.high;
  } else if (!is_same(isolation.target, spectrum.window_target) ||
             !is_same(limits.low, spectrum.window_low) ||
             !is_same(limits.high, spectrum.window_high)) {
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
