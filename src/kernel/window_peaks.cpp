#include "kernel/window_peaks.h"

#include <limits>
#include <numeric>

namespace overland::kernel {

// A counting sort by bin keeps the order in which the peaks come: by scan, then m/z.
void WindowPeaks::build(std::span<const ScanPeaks> scans) {
  entries_.clear();
  bin_begin_.clear();
  lowest_bin_ = std::numeric_limits<std::uint32_t>::max();
  highest_bin_ = 0;
  for (const ScanPeaks& scan : scans) {
    const auto low = std::find_if(scan.mz.begin(), scan.mz.end(), is_searched);
    if (low == scan.mz.end()) continue;
    const auto high = std::find_if(scan.mz.rbegin(), scan.mz.rend(), is_searched);
    lowest_bin_ = std::min(lowest_bin_, bin_of(*low));
    highest_bin_ = std::max(highest_bin_, bin_of(*high));
  }
  if (lowest_bin_ > highest_bin_) return;
  bin_begin_.assign(highest_bin_ - lowest_bin_ + 2, 0);
  for (const ScanPeaks& scan : scans) {
    for (const float mz : scan.mz) {
      if (is_searched(mz)) ++bin_begin_[bin_of(mz) - lowest_bin_ + 1];
    }
  }
  std::partial_sum(bin_begin_.begin(), bin_begin_.end(), bin_begin_.begin());
  entries_.resize(bin_begin_.back());
  // This moves the begin of each bin to its end, the begin of the next bin; corrected below.
  for (std::uint32_t s = 0; s < scans.size(); ++s) {
    for (std::uint32_t i = 0; i < scans[s].size(); ++i) {
      const float mz = scans[s].mz[i];
      if (!is_searched(mz)) continue;
      entries_[bin_begin_[bin_of(mz) - lowest_bin_]++] = {mz, scans[s].intensity[i], s, i};
    }
  }
  std::copy_backward(bin_begin_.begin(), bin_begin_.end() - 1, bin_begin_.end());
  bin_begin_.front() = 0;
}

std::int32_t WindowPeaks::nearest(float theoretical_mz, PpmWindow tolerance,
                                  std::uint32_t scan) const {
  const Entry* nearest = nullptr;
  for_each(theoretical_mz, tolerance, scan, scan + 1, [&](const Entry& entry) {
    if (nearest == nullptr || is_nearer(entry.mz, nearest->mz, theoretical_mz)) nearest = &entry;
  });
  return nearest == nullptr ? -1 : static_cast<std::int32_t>(nearest->peak);
}

}  // namespace overland::kernel
