#include "kernel/peak_lookup.h"

namespace overland::kernel {
namespace {

constexpr float kLastCoarseMz = 4095.9F;  // in the last coarse bin

}  // namespace

void PeakLookup::clear() {
  std::fill(occupied_.begin() + first_word_, occupied_.begin() + last_word_, 0);
  first_word_ = last_word_ = 0;
}

// Marks every bin in which a theoretical m/z could match a peak: [low, high] bounds that m/z.
void PeakLookup::mark(float low, float high) {
  const std::uint32_t low_bits = std::bit_cast<std::uint32_t>(std::max(low, kLowestMz));
  const std::uint32_t high_bits = std::bit_cast<std::uint32_t>(high);
  if (high < kLowestMz || low_bits >= kHighBits) return;
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
  rule_ = MatchRule(tolerance);
  std::uint32_t coarse = 0;
  for (std::uint32_t i = 0; i < mz.size(); ++i) {
    mark(rule_.least_theoretical(mz[i]), rule_.greatest_theoretical(mz[i]));
    const std::uint32_t bits =
        std::bit_cast<std::uint32_t>(std::clamp(mz[i], kLowestMz, kLastCoarseMz));
    const std::uint32_t own = (bits >> kCoarseShift) - kFirstCoarse;
    while (coarse <= own) first_peak_[coarse++] = i;
  }
  while (coarse <= kCoarseBins) first_peak_[coarse++] = static_cast<std::uint32_t>(mz.size());
  if (!mz.empty()) {
    const float lowest = std::clamp(rule_.least_theoretical(mz.front()), kLowestMz, kLastCoarseMz);
    first_word_ = ((std::bit_cast<std::uint32_t>(lowest) >> kShift) - kFirstBin) >> 6;
    last_word_ = std::max(last_word_, first_word_);
  }
}

std::int32_t PeakLookup::find_among_peaks(float theoretical_mz) const {
  const float low = std::clamp(rule_.low(theoretical_mz), kLowestMz, kLastCoarseMz);
  const std::uint32_t coarse = (std::bit_cast<std::uint32_t>(low) >> kCoarseShift) - kFirstCoarse;
  return nearest_peak_from(mz_, first_peak_[coarse], theoretical_mz, rule_);
}

}  // namespace overland::kernel
