#include "io/run_columns.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace overland::io {
namespace {

constexpr float kLargest = std::numeric_limits<float>::max();

// False for NaN as well: every comparison with it is false.
bool is_positive_and_finite(float value) {
  return value > 0 && value <= kLargest;
}

// Empty if it is one range.
AcquiredParts merged(const AcquiredParts& stated) {
  std::vector<std::pair<float, float>> ranges;
  for (std::size_t k = 0; k + 1 < stated.size(); k += 2) {
    const float low = stated[k], high = stated[k + 1];
    if (std::isfinite(low) && std::isfinite(high) && low < high) ranges.emplace_back(low, high);
  }
  std::ranges::sort(ranges);
  AcquiredParts parts;
  for (const auto& [low, high] : ranges) {
    if (!parts.empty() && low <= parts.back())
      parts.back() = std::max(parts.back(), high);
    else
      parts.insert(parts.end(), {low, high});
  }
  if (parts.size() <= 2) parts.clear();
  return parts;
}

}  // namespace

void append_parts(const AcquiredParts& stated, std::size_t row, RunColumns& columns) {
  AcquiredParts parts;
  if (stated.size() > 2) parts = merged(stated);
  if (columns.scan_parts.empty() && parts.empty()) return;
  columns.scan_parts.resize(row);
  columns.scan_parts.push_back(std::move(parts));
}

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
    } else if (!is_positive_and_finite(mz[i]) || !std::isfinite(intensity[i])) {
      ++corrections.peaks_impossible;
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
