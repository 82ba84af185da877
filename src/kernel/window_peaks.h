// Transposed peak table of one isolation window: peaks sorted by m/z bin, then by scan, so that a
// fragment's chromatogram is a few contiguous runs of memory.
//
// Bins are logarithmic (the upper bits of a float); inside a bin entries are ascending by (scan,
// m/z). The matching rule is in peak_match.h. Immutable after build; any number of threads may
// read.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "base/units.h"
#include "kernel/peak_match.h"
#include "kernel/scan_peaks.h"

namespace overland::kernel {

class WindowPeaks {
 public:
  struct Entry {
    float mz = 0;
    float intensity = 0;
    std::uint32_t scan = 0;  // position in the list of scans
    std::uint32_t peak = 0;  // index in the scan
  };

  // Reuses its arrays. At most 2^32 - 1 peaks.
  void build(std::span<const ScanPeaks> scans);

  // Calls visit(entry) for each matching peak of scans [first, last), ascending by (bin, scan,
  // m/z); the peaks of one scan come in ascending m/z.
  template <class Visit>
  void for_each(float theoretical_mz, PpmWindow tolerance, std::uint32_t first, std::uint32_t last,
                Visit&& visit) const {
    if (bin_begin_.empty() || !is_searched(theoretical_mz)) return;
    const MatchRule rule(tolerance);
    const float low = rule.low(theoretical_mz);
    const float high = rule.high(theoretical_mz);
    const std::uint32_t first_bin = std::max(bin_of(std::max(low, kLowestMz)), lowest_bin_);
    const std::uint32_t last_bin = std::min(bin_of(high), highest_bin_);
    for (std::uint32_t bin = first_bin; bin <= last_bin; ++bin) {
      const Entry* const end = entries_.data() + bin_begin_[bin - lowest_bin_ + 1];
      const Entry* entry = entries_.data() + bin_begin_[bin - lowest_bin_];
      if (end - entry > kShortRun) {
        entry = std::lower_bound(entry, end, first,
                                 [](const Entry& e, std::uint32_t scan) { return e.scan < scan; });
      }
      for (; entry != end && entry->scan < last; ++entry) {
        if (entry->scan >= first && entry->mz >= low && entry->mz <= high) visit(*entry);
      }
    }
  }

  // The matching peak of one scan, or -1.
  [[nodiscard]] std::int32_t nearest(float theoretical_mz, PpmWindow tolerance,
                                     std::uint32_t scan) const;

  // Prefetch hint: call a few lookups before the lookup itself.
  void prefetch_bin(float theoretical_mz, PpmWindow tolerance) const {
    if (bin_begin_.empty()) return;
    __builtin_prefetch(bin_begin_.data() + first_bin(theoretical_mz, tolerance));
  }
  void prefetch_entries(float theoretical_mz, PpmWindow tolerance) const {
    if (bin_begin_.empty()) return;
    __builtin_prefetch(entries_.data() + bin_begin_[first_bin(theoretical_mz, tolerance)]);
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  static constexpr int kShift = 8;  // 2^15 bins an octave: 15 to 30 ppm wide
  static constexpr std::ptrdiff_t kShortRun = 8;
  static std::uint32_t bin_of(float mz) { return std::bit_cast<std::uint32_t>(mz) >> kShift; }

  // Position of the first bin in the table, which starts at lowest_bin_; clamped to the table for
  // any m/z.
  [[nodiscard]] std::uint32_t first_bin(float theoretical_mz, PpmWindow tolerance) const {
    const float low = MatchRule(tolerance).low(theoretical_mz);
    return std::clamp(bin_of(std::max(low, kLowestMz)), lowest_bin_, highest_bin_) - lowest_bin_;
  }

  std::uint32_t lowest_bin_ = 0, highest_bin_ = 0;
  std::vector<std::uint32_t> bin_begin_;  // bins + 1; empty when there is no peak
  std::vector<Entry> entries_;
};

}  // namespace overland::kernel
