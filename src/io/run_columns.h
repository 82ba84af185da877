// The content of a run file, as columns with one value per scan in the order of the file: the
// common form of the Arrow and mzML readers and writers. `run/` converts it to and from a RawRun.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace overland::io {

inline constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

// Counts of the corrections that a reader made.
struct PeakCorrections {
  std::uint64_t scans_resorted = 0;  // peaks were not ascending in m/z
  std::uint64_t peaks_dropped = 0;   // NaN, infinite, zero or negative
  std::uint64_t peaks_merged = 0;    // equal m/z as 32-bit floats: intensities added
  // Of those dropped: m/z that is no positive number, or an intensity that is not finite.
  std::uint64_t peaks_impossible = 0;

  PeakCorrections& operator+=(const PeakCorrections& other) {
    scans_resorted += other.scans_resorted;
    peaks_dropped += other.peaks_dropped;
    peaks_merged += other.peaks_merged;
    peaks_impossible += other.peaks_impossible;
    return *this;
  }
};

// Storage for peaks; allocated memory never moves.
class PeakArena {
 public:
  [[nodiscard]] float* allocate(std::size_t count) {
    if (count > left_) {
      const std::size_t size = count > kBlock ? count : kBlock;
      blocks_.push_back(std::make_unique_for_overwrite<float[]>(size));
      next_ = blocks_.back().get();
      left_ = size;
    }
    float* const result = next_;
    next_ += count;
    left_ -= count;
    return result;
  }

 private:
  static constexpr std::size_t kBlock = std::size_t{1} << 20;  // 4 MiB
  std::vector<std::unique_ptr<float[]>> blocks_;
  float* next_ = nullptr;
  std::size_t left_ = 0;
};

// What to do with runs that have ion mobility (OVL-RUN-026).
inline constexpr std::string_view kMobilityAdvice =
    "Ion mobility is not supported yet: spectra of different mobility would be mixed. Search a run "
    "that was acquired without ion mobility.";

// What is wrong with the isolation window of an MS2 scan, as the file states it.
enum class WindowDefect : std::uint8_t {
  none,
  no_window,        // nothing is stated
  no_target,        // or it is 0
  no_offsets,       // neither of them
  one_offset,       // only one of them
  negative_offset,  // of either side
  no_width,         // both offsets are 0
  below_zero,       // it reaches below m/z 0
};
inline constexpr std::size_t kWindowDefects = 8;

// The m/z ranges of a scan that acquires several (as BoxCar does): low, high, low, high, ...,
// ascending and apart from each other. Empty for a scan of one range.
using AcquiredParts = std::vector<float>;

// Columns of one length. Unknown floats are NaN.
struct RunColumns {
  std::vector<float> rt_minutes;
  std::vector<std::uint8_t> ms_order;
  std::vector<std::int32_t> scan_number;
  std::vector<std::uint8_t> is_negative;             // polarity; unknown counts as positive
  std::vector<float> window_low_mz, window_high_mz;  // isolation limits; NaN with a defect
  std::vector<float> window_target_mz;               // may be empty
  std::vector<WindowDefect> window_defect;           // may be empty: not told
  std::vector<float> compensation_voltage;           // FAIMS, V; may be empty
  std::vector<float> mobility;                       // of the whole scan; may be empty
  std::vector<float> scan_low_mz, scan_high_mz;
  std::vector<AcquiredParts> scan_parts;  // may be empty: no scan has several
  std::vector<float> collision_energy;    // NCE %; the mean of stepped energies
  std::vector<float> tic;
  // Peaks of scan i: mz[i][0 .. peak_count[i]), strictly ascending, finite, intensity > 0.
  std::vector<const float*> mz, intensity;
  std::vector<std::uint32_t> peak_count;
  std::shared_ptr<const void> backing;  // owns or maps the peaks
  PeakCorrections corrections;
  std::uint64_t times_with_unit = 0, times_without_unit = 0;  // of MS1 and MS2 scans
  std::uint64_t limits_as_offsets = 0;  // windows whose offsets were their limits: read as such
  std::uint64_t levels_inferred = 0;    // MS2 scans that do not state their MS level
  // Of vendor files: program and version of the converter that was called to read the file, or
  // that it was read without the vendor's library, and then the peaks left out as reference peaks.
  std::string converter = {};
  bool is_read_directly = false;
  std::uint64_t reference_peaks = 0;

  [[nodiscard]] std::size_t scan_count() const { return rt_minutes.size(); }
};

// Appends the parts that a file states for scan `row`, in any order: sorted, without those of no
// width, and those that touch as one. The column stays empty as long as no scan has several. To be
// called for each scan.
void append_parts(const AcquiredParts& stated, std::size_t row, RunColumns& columns);

// Whether peaks have the form that every reader guarantees: strictly ascending m/z, all values
// finite, intensities above zero. Precondition: both spans have the same length.
[[nodiscard]] bool peaks_are_clean(std::span<const float> mz, std::span<const float> intensity);

// Corrects peaks in place: drops peaks with NaN, infinite, zero or negative values, sorts by m/z
// (stable) and adds the intensities of equal m/z. Keeps its workspace between scans.
class PeakCleaner {
 public:
  // Returns the number of peaks left, which are at the front. Precondition: both spans have the
  // same length.
  std::size_t clean(std::span<float> mz, std::span<float> intensity, PeakCorrections& corrections);

 private:
  struct Peak {
    float mz, intensity;
  };
  std::vector<Peak> peaks_;
};

}  // namespace overland::io
