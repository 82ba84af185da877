// The peaks of one candidate's fragments over its scans. Cost is proportional to the number of
// matched peaks; most candidates match almost none.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "kernel/window_peaks.h"

namespace overland::kernel {

inline constexpr std::size_t kTraceFragments = 12;  // most intense fragments used per candidate

// Per fragment the index of its peak in the scan, or -1.
using FragmentPeaks = std::array<std::int32_t, kTraceFragments>;

class CandidateMatches {
 public:
  // Finds the matching peak of each fragment in scans [first, last).
  void find(const WindowPeaks& peaks, std::span<const float> fragment_mz, PpmWindow tolerance,
            std::uint32_t first, std::uint32_t last);

  [[nodiscard]] std::size_t scan_count() const { return seen_.size(); }
  // Bit f: fragment f has a peak in scan first + k.
  [[nodiscard]] std::uint32_t seen(std::size_t k) const { return seen_[k]; }
  // Whether any scan together with its two neighbours has peaks of at least `fragments` fragments.
  [[nodiscard]] bool has_triple(int fragments) const;

  // `intensity`: row-major n x kTraceFragments, 0 where there is no peak. `matched`: number of
  // fragments with a peak, per scan.
  void fill(std::vector<float>& intensity, std::vector<std::uint8_t>& matched) const;
  // Index of each fragment's peak in its scan, per scan; -1 where there is no peak.
  void fill(std::vector<FragmentPeaks>& peaks) const;

 private:
  struct Hit {
    std::uint32_t k, fragment;
    std::int32_t peak;
    float mz, intensity;
  };
  void replace(std::size_t begin, const Hit& hit, float theoretical_mz);

  std::vector<std::uint32_t> seen_;
  std::vector<Hit> hits_;
};

}  // namespace overland::kernel
