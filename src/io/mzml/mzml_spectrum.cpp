#include "io/mzml/mzml_spectrum.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <utility>

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

Result<void> add_energy(const MzmlParam& param, MeanEnergy& energy) {
  double value = 0;
  if (auto done = set_number(param, value); !done) return done;
  energy.sum += value;
  ++energy.terms;
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

// By its term, or by the name of an array without one.
bool is_mobility(const MzmlParam& param) {
  if (is_mobility_array(param.accession)) return true;
  return param.accession == ms_term::kNonStandardArray &&
         (param.value.find("mobility") != std::string_view::npos ||
          param.value.find("drift") != std::string_view::npos);
}

// What a term says about the compression of an array.
struct CompressionTerm {
  int accession;
  Numpress numpress;
  Compression compression;
  ArrayLayout layout = ArrayLayout::plain;
};

constexpr CompressionTerm kCompressions[] = {
    {ms_term::kNoCompression, Numpress::none, Compression::none},
    {ms_term::kZlib, Numpress::none, Compression::zlib},
    {ms_term::kTruncatedZlib, Numpress::none, Compression::zlib},
    {ms_term::kZstd, Numpress::none, Compression::zstd},
    {ms_term::kShuffledZstd, Numpress::none, Compression::zstd, ArrayLayout::shuffled},
    {ms_term::kDictionaryZstd, Numpress::none, Compression::zstd, ArrayLayout::dictionary},
    {ms_term::kNumpressLinear, Numpress::linear, Compression::none},
    {ms_term::kNumpressPositiveInteger, Numpress::positive_integer, Compression::none},
    {ms_term::kNumpressShortLogged, Numpress::short_logged, Compression::none},
    {ms_term::kNumpressLinearZlib, Numpress::linear, Compression::zlib},
    {ms_term::kNumpressPositiveIntegerZlib, Numpress::positive_integer, Compression::zlib},
    {ms_term::kNumpressShortLoggedZlib, Numpress::short_logged, Compression::zlib},
    {ms_term::kNumpressLinearZstd, Numpress::linear, Compression::zstd},
    {ms_term::kNumpressPositiveIntegerZstd, Numpress::positive_integer, Compression::zstd},
    {ms_term::kNumpressShortLoggedZstd, Numpress::short_logged, Compression::zstd}};

std::optional<CompressionTerm> compression_of(int accession) {
  const auto* const found =
      std::ranges::find(kCompressions, accession, &CompressionTerm::accession);
  return found == std::end(kCompressions) ? std::nullopt : std::optional(*found);
}

// Old files name numpress and zlib in two terms.
void add_compression(const CompressionTerm& term, ArrayEncoding& encoding) {
  encoding.names_compression = true;
  encoding.names_none |= term.accession == ms_term::kNoCompression;
  if (term.numpress != Numpress::none) encoding.numpress = term.numpress;
  if (term.layout != ArrayLayout::plain) encoding.layout = term.layout;
  if (term.compression == Compression::none) return;
  encoding.is_contradictory |=
      encoding.compression != Compression::none && encoding.compression != term.compression;
  encoding.compression = term.compression;
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
  switch (param.accession) {
    case ms_term::kScanWindowLowerLimit:
      return set_number(param, spectrum.part_low);
    case ms_term::kScanWindowUpperLimit:
      return set_number(param, spectrum.part_high);
    default:
      return {};
  }
}

void add_scan_window(MzmlSpectrum& spectrum) {
  const double low = std::exchange(spectrum.part_low, MzmlSpectrum::kNone);
  const double high = std::exchange(spectrum.part_high, MzmlSpectrum::kNone);
  spectrum.scan_low = std::fmin(spectrum.scan_low, low);  // fmin ignores NaN
  spectrum.scan_high = std::fmax(spectrum.scan_high, high);
  spectrum.scan_parts.push_back(static_cast<float>(low));
  spectrum.scan_parts.push_back(static_cast<float>(high));
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
    case ms_term::kEnergyRampStart:
    case ms_term::kEnergyRampEnd:
      return add_energy(param, spectrum.energy);
    case ms_term::kNormalizedCollisionEnergy:
      return add_energy(param, spectrum.normalized_energy);
    default:
      return {};
  }
}

void apply_array_term(const MzmlParam& param, MzmlArray& array) {
  ArrayEncoding& encoding = array.encoding;
  if (const auto term = compression_of(param.accession)) return add_compression(*term, encoding);
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
    default:
      if (is_mobility(param)) array.kind = MzmlArray::Kind::mobility;
      if (is_unread_compression(param.accession)) encoding.unread_compression = param.term;
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

}  // namespace overland::io
