// Finds the peak nearest to a theoretical m/z in one scan, for very many theoretical m/z values.
//
// Most fragments of most candidates have no peak, so the common answer "none" must cost one load:
// a bitmap over logarithmic m/z bins (the upper bits of a float are such a bin number) says whether
// any peak is within tolerance; only then the peaks are read. The matching rule is in peak_match.h.
// Rebuilt for each scan without allocation. Not thread-safe while building; `find` is const.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>

#include "base/units.h"
#include "kernel/peak_match.h"

namespace overland::kernel {

class PeakLookup {
 public:
  // `mz` ascending; must stay valid until the next build. Only the words that the last scan set are
  // cleared, so build costs O(peaks), not O(bins).
  void build(std::span<const float> mz, PpmWindow tolerance);

  // Index of the matching peak, or -1.
  [[nodiscard]] std::int32_t find(float theoretical_mz) const {
    const std::uint32_t bin = (std::bit_cast<std::uint32_t>(theoretical_mz) >> kShift) - kFirstBin;
    if (bin >= kBins || (occupied_[bin >> 6] >> (bin & 63) & 1) == 0) return -1;
    return find_among_peaks(theoretical_mz);
  }

 private:
  static constexpr int kShift = 8;         // 2^15 bins an octave: 15 to 30 ppm wide
  static constexpr int kCoarseShift = 16;  // 2^7 an octave
  static constexpr std::uint32_t kLowBits = std::bit_cast<std::uint32_t>(kLowestMz);
  static constexpr std::uint32_t kHighBits = std::bit_cast<std::uint32_t>(kEndMz);
  static constexpr std::uint32_t kFirstBin = kLowBits >> kShift;
  static constexpr std::uint32_t kBins = (kHighBits >> kShift) - kFirstBin;
  static constexpr std::uint32_t kFirstCoarse = kLowBits >> kCoarseShift;
  static constexpr std::uint32_t kCoarseBins = (kHighBits >> kCoarseShift) - kFirstCoarse;

  [[nodiscard]] std::int32_t find_among_peaks(float theoretical_mz) const;
  void mark(float low, float high);
  void clear();

  std::span<const float> mz_;
  MatchRule rule_{{0, 0}};
  std::uint32_t first_word_ = 0, last_word_ = 0;  // half-open range of words that may be non-zero
  std::array<std::uint64_t, kBins / 64> occupied_{};
  // First peak at or after each coarse bin.
  std::array<std::uint32_t, kCoarseBins + 1> first_peak_{};
};

}  // namespace overland::kernel
