#include "io/run_columns.h"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace overland::io {
namespace {

constexpr float kLargest = std::numeric_limits<float>::max();

// False for NaN as well: every comparison with it is false.
bool is_positive_and_finite(float value) {
  return value > 0 && value <= kLargest;
}

}  // namespace

bool peaks_are_clean(std::span<const float> mz, std::span<const float> intensity) {
  if (mz.empty()) return true;
  // Values that ascend from a positive first to a finite last value are all finite. The loops have
  // no early exit and masks as wide as the values, so that they vectorise; nearly all scans are
  // clean.
  std::int32_t clean = -1;
  for (std::size_t i = 1; i < mz.size(); ++i) clean &= mz[i - 1] < mz[i] ? -1 : 0;
  for (const float value : intensity) clean &= value > 0 ? -1 : 0;
  for (const float value : intensity) clean &= value <= kLargest ? -1 : 0;
  return clean != 0 && mz.front() > 0 && mz.back() <= kLargest;
}

std::size_t PeakCleaner::clean(std::span<float> mz, std::span<float> intensity,
                               PeakCorrections& corrections) {
  if (peaks_are_clean(mz, intensity)) return mz.size();
  peaks_.clear();
  for (std::size_t i = 0; i < mz.size(); ++i) {
    if (is_positive_and_finite(mz[i]) && is_positive_and_finite(intensity[i])) {
      peaks_.push_back({mz[i], intensity[i]});
    }
  }
  corrections.peaks_dropped += mz.size() - peaks_.size();
  const auto by_mz = [](const Peak& a, const Peak& b) { return a.mz < b.mz; };
  if (!std::is_sorted(peaks_.begin(), peaks_.end(), by_mz)) {
    ++corrections.scans_resorted;
    std::stable_sort(peaks_.begin(), peaks_.end(), by_mz);
  }
  std::size_t count = 0;
  for (const Peak& peak : peaks_) {
    if (count > 0 && mz[count - 1] == peak.mz) {
      intensity[count - 1] = std::min(intensity[count - 1] + peak.intensity, kLargest);
      ++corrections.peaks_merged;
    } else {
      mz[count] = peak.mz;
      intensity[count++] = peak.intensity;
    }
  }
  return count;
}

}  // namespace overland::io
