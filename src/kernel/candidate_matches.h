// The peaks of one candidate's fragments over its scans. Made for candidates of which most have
// next to nothing: what costs is only what was found.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "kernel/window_peaks.h"

namespace overland::kernel {

inline constexpr std::size_t kTraceFragments = 12;  // most intense fragments used per candidate

using FragmentPeaks = std::array<std::int32_t, kTraceFragments>;  // peak of the scan, or -1

class CandidateMatches {
 public:
  // Of scans [first, last): each fragment's matching peak.
  void find(const WindowPeaks& peaks, std::span<const float> fragment_mz, PpmWindow tolerance,
            std::uint32_t first, std::uint32_t last);

  [[nodiscard]] std::size_t scan_count() const { return seen_.size(); }
  // Bit f: fragment f has a peak in scan first + k.
  [[nodiscard]] std::uint32_t seen(std::size_t k) const { return seen_[k]; }
  // Whether any scan and its two neighbours together hold so many fragments.
  [[nodiscard]] bool has_triple(int fragments) const;

  // Row-major n x kTraceFragments, 0 where there is no peak; and the number of fragments per scan.
  void fill(std::vector<float>& intensity, std::vector<std::uint8_t>& matched) const;
  // Likewise, the peaks.
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
