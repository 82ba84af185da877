#include "kernel/peak_lookup.h"

#include <cmath>

namespace overland::kernel {

void PeakLookup::clear() {
  std::fill(occupied_.begin() + first_word_, occupied_.begin() + last_word_, 0);
  first_word_ = last_word_ = 0;
}

// Marks every bin in which a theoretical m/z could match a peak: [low, high] bounds that m/z.
void PeakLookup::mark(float low, float high) {
  const std::uint32_t low_bits = std::bit_cast<std::uint32_t>(std::max(low, 64.0F));
  const std::uint32_t high_bits = std::bit_cast<std::uint32_t>(high);
  if (high < 64.0F || low_bits >= kHighBits) return;
  const std::uint32_t first = (low_bits >> kShift) - kFirstBin;
  const std::uint32_t last = std::min((high_bits >> kShift) - kFirstBin, kBins - 1);
  for (std::uint32_t bin = first; bin <= last; ++bin) {
    occupied_[bin >> 6] |= std::uint64_t{1} << (bin & 63);
  }
  last_word_ = std::max(last_word_, (last >> 6) + 1);
}

void PeakLookup::build(std::span<const float> mz, PpmWindow tolerance) {
  clear();
  mz_ = mz;
  low_factor_ = 1.0F + tolerance.low * 1e-6F;
  high_factor_ = 1.0F + tolerance.high * 1e-6F;
  std::uint32_t coarse = 0;
  for (std::uint32_t i = 0; i < mz.size(); ++i) {
    // A theoretical m matches x when m low_factor <= x <= m high_factor; a little slack for
    // rounding.
    mark(mz[i] / high_factor_ * (1 - 2e-7F), mz[i] / low_factor_ * (1 + 2e-7F));
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(std::clamp(mz[i], 64.0F, 4095.9F));
    const std::uint32_t own = (bits >> kCoarseShift) - kFirstCoarse;
    while (coarse <= own) first_peak_[coarse++] = i;
  }
  while (coarse <= kCoarseBins) first_peak_[coarse++] = static_cast<std::uint32_t>(mz.size());
  if (!mz.empty()) {
    const float lowest = std::clamp(mz.front() / high_factor_ * (1 - 2e-7F), 64.0F, 4095.9F);
    first_word_ = ((std::bit_cast<std::uint32_t>(lowest) >> kShift) - kFirstBin) >> 6;
    last_word_ = std::max(last_word_, first_word_);
  }
}

std::int32_t PeakLookup::find_among_peaks(float theoretical_mz) const {
  const float low = theoretical_mz * low_factor_;
  const float high = theoretical_mz * high_factor_;
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(std::clamp(low, 64.0F, 4095.9F));
  std::size_t i = first_peak_[(bits >> kCoarseShift) - kFirstCoarse];
  while (i < mz_.size() && mz_[i] < low) ++i;
  std::int32_t nearest = -1;
  float nearest_distance = 0;
  for (; i < mz_.size() && mz_[i] <= high; ++i) {
    const float distance = std::abs(mz_[i] - theoretical_mz);
    if (nearest >= 0 && distance >= nearest_distance) break;  // distances fall, then rise
    nearest = static_cast<std::int32_t>(i);
    nearest_distance = distance;
  }
  return nearest;
}

}  // namespace overland::kernel
