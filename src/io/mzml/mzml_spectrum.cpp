#include "io/mzml/mzml_spectrum.h"

#include <charconv>
#include <cmath>

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

}  // namespace overland::io
