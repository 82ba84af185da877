// One spectrum of mzML or mzXML: the values of its terms or attributes.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "io/mzml/mzml_array.h"
#include "io/run_columns.h"

namespace overland::io {

// A cvParam.
struct MzmlParam {
  int accession = 0;      // accession of PSI-MS, 0 for other ontologies
  std::string_view term;  // "MS:1000511", for messages
  std::string_view value, unit_accession, unit_name;
};

// One array of a spectrum.
struct MzmlArray {
  enum class Kind : std::uint8_t { other, mz, intensity, mobility, pairs };
  Kind kind = Kind::other;
  ArrayEncoding encoding;
  std::size_t text_begin = 0, text_size = 0;  // base64, in the text of the batch
};

// Stepped energies of one scan are several terms, and a ramp is its start and its end.
struct MeanEnergy {
  double sum = 0;
  int terms = 0;

  [[nodiscard]] double value() const {  // NaN without terms
    return terms == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / terms;
  }
};

struct MzmlSpectrum {
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

  std::uint64_t index = 0;                  // position in the file, from 0
  std::string id;                           // complete native id; of mzXML "scan=NUMBER"
  std::optional<std::int32_t> native_scan;  // `scan=` of the native id
  std::uint64_t default_length = 0;
  int ms_level = 0;                         // 0: not a mass spectrum, or not known
  bool says_ms1 = false, says_msn = false;  // by the terms MS1 spectrum and MSn spectrum
  bool has_isolation = false;               // of a precursor
  bool is_level_inferred = false;  // as 2, of the term MSn spectrum or the isolation window
  bool is_profile = false, is_centroid = false;
  bool is_negative = false;          // polarity
  bool has_several_windows = false;  // precursors with different isolation windows
  double rt_minutes = kNone;         // or in the unit that no term states
  bool has_time_unit = true;
  double tic = kNone;
  double scan_low = kNone, scan_high = kNone;  // of all scan windows
  double part_low = kNone, part_high = kNone;  // of the open scan window
  AcquiredParts scan_parts;                    // one per scan window
  WindowDefect window_defect = WindowDefect::no_window;
  bool has_limits_as_offsets = false;  // the offsets are the limits of the window
  double window_target = kNone;
  double window_low = kNone, window_high = kNone;  // NaN with a defect
  double compensation_voltage = kNone;             // FAIMS, V
  double mobility = kNone;                         // of the whole scan: 1/K0 or drift time
  MeanEnergy energy, normalized_energy;
  std::optional<MzmlArray> mz, intensity;
  std::optional<MzmlArray> pairs;  // of mzXML, instead of the two

  [[nodiscard]] bool is_wanted() const { return ms_level == 1 || ms_level == 2; }
};

// The isolation window of one precursor.
struct MzmlIsolation {
  double target = MzmlSpectrum::kNone;
  double lower_offset = MzmlSpectrum::kNone, upper_offset = MzmlSpectrum::kNone;
  double width = MzmlSpectrum::kNone;  // of old files and of mzXML; instead of the offsets
};

// Sets the MS level of a spectrum that does not state it, if the spectrum's terms or its isolation
// window tell. To be called when the arrays begin. Error OVL-RUN-015, with empty `where`: the terms
// contradict each other.
[[nodiscard]] Result<void> settle_level(MzmlSpectrum& spectrum);

// Apply a term according to the element that contains it. Unknown terms are ignored, but arrays
// keep their accessions for messages. Error OVL-RUN-001, with empty `where` (a value is not a
// number, a time has an unknown unit).
[[nodiscard]] Result<void> apply_spectrum_term(const MzmlParam& param, MzmlSpectrum& spectrum);
[[nodiscard]] Result<void> apply_scan_term(const MzmlParam& param, MzmlSpectrum& spectrum);
[[nodiscard]] Result<void> apply_scan_window_term(const MzmlParam& param, MzmlSpectrum& spectrum);
[[nodiscard]] Result<void> apply_isolation_term(const MzmlParam& param, MzmlIsolation& isolation);
[[nodiscard]] Result<void> apply_activation_term(const MzmlParam& param, MzmlSpectrum& spectrum);
// Adds the acquired range of a finished scan window.
void add_scan_window(MzmlSpectrum& spectrum);
void apply_array_term(const MzmlParam& param, MzmlArray& array);

// Adds the isolation window of a finished precursor, or what is wrong with it. "Offsets" that
// enclose the target as limits do are taken as limits: no window is as wide as its target's m/z.
void add_isolation(const MzmlIsolation& isolation, MzmlSpectrum& spectrum);

// The number after the word `scan=` of a native id; "scanStart=1" does not match.
[[nodiscard]] std::optional<std::int32_t> native_scan_number(std::string_view id);

}  // namespace overland::io
