// Terms of the PSI-MS ontology and its unit ontology, by accession number.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace overland::io {

namespace ms_term {
inline constexpr int kScanStartTime = 1000016;
inline constexpr int kCollisionEnergy = 1000045;
inline constexpr int kCentroidSpectrum = 1000127;
inline constexpr int kIsolationWidth = 1000023;
inline constexpr int kProfileSpectrum = 1000128;
inline constexpr int kNegativeScan = 1000129;
inline constexpr int kNormalizedCollisionEnergy = 1000138;
inline constexpr int kTotalIonCurrent = 1000285;
inline constexpr int kScanWindowUpperLimit = 1000500;
inline constexpr int kScanWindowLowerLimit = 1000501;
inline constexpr int kMsLevel = 1000511;
inline constexpr int kMzArray = 1000514;
inline constexpr int kIntensityArray = 1000515;
inline constexpr int kInteger32 = 1000519;
inline constexpr int kFloat32 = 1000521;
inline constexpr int kInteger64 = 1000522;
inline constexpr int kFloat64 = 1000523;
inline constexpr int kZlib = 1000574;
inline constexpr int kNoCompression = 1000576;
inline constexpr int kMs1Spectrum = 1000579;
inline constexpr int kMsnSpectrum = 1000580;
inline constexpr int kNonStandardArray = 1000786;
inline constexpr int kIsolationTarget = 1000827;
inline constexpr int kIsolationLowerOffset = 1000828;
inline constexpr int kIsolationUpperOffset = 1000829;
inline constexpr int kCompensationVoltage = 1001581;
inline constexpr int kEnergyRampStart = 1002013;
inline constexpr int kEnergyRampEnd = 1002014;
inline constexpr int kDriftTime = 1002476;
inline constexpr int kInverseReducedMobility = 1002815;
inline constexpr int kNumpressLinear = 1002312;
inline constexpr int kNumpressPositiveInteger = 1002313;
inline constexpr int kNumpressShortLogged = 1002314;
inline constexpr int kNumpressLinearZlib = 1002746;
inline constexpr int kNumpressPositiveIntegerZlib = 1002747;
inline constexpr int kNumpressShortLoggedZlib = 1002748;
inline constexpr int kTruncatedZlib = 1003088;  // mantissas are cut, then zlib: read as zlib
inline constexpr int kZstd = 1003780;
inline constexpr int kShuffledZstd = 1003781;
inline constexpr int kDictionaryZstd = 1003782;
inline constexpr int kNumpressLinearZstd = 1003783;
inline constexpr int kNumpressPositiveIntegerZstd = 1003784;
inline constexpr int kNumpressShortLoggedZstd = 1003785;
}  // namespace ms_term

// Compressions whose decompressed bytes are not the numbers: truncation with delta or linear
// prediction, and coordinate grids.
[[nodiscard]] constexpr bool is_unread_compression(int accession) {
  return accession == 1003089 || accession == 1003090 || accession == 1003826;
}

// Arrays of ion mobility or drift time: of the peaks, mean, raw or deconvoluted.
[[nodiscard]] constexpr bool is_mobility_array(int accession) {
  return accession == 1002477 || accession == 1002816 || accession == 1002893 ||
         (accession >= 1003006 && accession <= 1003008) ||
         (accession >= 1003153 && accession <= 1003156);
}

// "MS:1000511" -> 1000511; 0 for other ontologies.
[[nodiscard]] inline int ms_accession(std::string_view accession) {
  if (!accession.starts_with("MS:")) return 0;
  int number = 0;
  std::from_chars(accession.data() + 3, accession.data() + accession.size(), number);
  return number;
}

// Minutes per unit; empty if the unit is not a time. The MS terms occur in old files.
[[nodiscard]] inline std::optional<double> minutes_per_unit(std::string_view accession,
                                                            std::string_view name) {
  if (accession == "UO:0000031" || accession == "MS:1000038") return 1.0;
  if (accession == "UO:0000010" || accession == "MS:1000039") return 1.0 / 60;
  if (accession == "UO:0000028") return 1.0 / 60'000;
  if (!accession.empty()) return std::nullopt;
  if (name == "minute" || name == "minutes" || name == "min") return 1.0;
  if (name == "second" || name == "seconds" || name == "sec" || name == "s") return 1.0 / 60;
  if (name == "millisecond" || name == "milliseconds" || name == "ms") return 1.0 / 60'000;
  return std::nullopt;
}

// A number of XML Schema (which allows a leading plus and white space); independent of the locale.
[[nodiscard]] inline std::optional<double> parse_number(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return std::nullopt;
  text = text.substr(first, text.find_last_not_of(kSpace) - first + 1);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Minutes of a duration of ISO 8601 without years and months, such as "PT1.5S" or "P0DT1H2M3S";
// empty for other texts.
[[nodiscard]] inline std::optional<double> parse_duration_minutes(std::string_view text) {
  if (!text.starts_with('P')) return std::nullopt;
  text.remove_prefix(1);
  bool is_time = false, has_part = false;
  double minutes = 0;
  while (!text.empty()) {
    if (text.front() == 'T' && !is_time) {
      is_time = true;
      text.remove_prefix(1);
      continue;
    }
    const std::size_t unit = text.find_first_of("DHMS");
    if (unit == std::string_view::npos) return std::nullopt;
    const auto value = parse_number(text.substr(0, unit));
    if (!value || (text[unit] == 'D') == is_time) return std::nullopt;
    constexpr std::string_view kUnits = "DHMS";
    constexpr double kMinutes[] = {1440.0, 60.0, 1.0, 1.0 / 60};
    minutes += *value * kMinutes[kUnits.find(text[unit])];
    has_part = true;
    text.remove_prefix(unit + 1);
  }
  return has_part ? std::optional(minutes) : std::nullopt;
}

}  // namespace overland::io
