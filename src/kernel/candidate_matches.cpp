#include "kernel/candidate_matches.h"

#include <algorithm>

namespace overland::kernel {

// A second peak of the fragment in one scan: keeps the peak nearer to the theoretical m/z. This is
// rare, so a linear search is fast enough.
void CandidateMatches::replace(std::size_t begin, const Hit& hit, float theoretical_mz) {
  std::size_t i = hits_.size();
  while (i > begin && hits_[i - 1].k != hit.k) --i;
  if (i == begin) return;
  Hit& held = hits_[i - 1];
  if (is_nearer(hit.mz, held.mz, theoretical_mz)) held = hit;
}

void CandidateMatches::find(const WindowPeaks& peaks, std::span<const float> fragment_mz,
                            PpmWindow tolerance, std::uint32_t first, std::uint32_t last) {
  seen_.assign(last - first, 0);
  hits_.clear();
  const std::size_t count = std::min(fragment_mz.size(), kTraceFragments);
  for (std::size_t f = 0; f < count; ++f) peaks.prefetch_bin(fragment_mz[f], tolerance);
  for (std::size_t f = 0; f < count; ++f) peaks.prefetch_entries(fragment_mz[f], tolerance);
  for (std::uint32_t f = 0; f < count; ++f) {
    const std::size_t begin = hits_.size();
    const float theoretical = fragment_mz[f];
    const std::uint32_t bit = 1U << f;
    peaks.for_each(theoretical, tolerance, first, last, [&](const WindowPeaks::Entry& entry) {
      const std::uint32_t k = entry.scan - first;
      const Hit hit{k, f, static_cast<std::int32_t>(entry.peak), entry.mz, entry.intensity};
      if ((seen_[k] & bit) == 0) {
        seen_[k] |= bit;
        hits_.push_back(hit);
      } else {
        replace(begin, hit, theoretical);
      }
    });
  }
}

bool CandidateMatches::has_triple(int fragments) const {
  if (hits_.size() < static_cast<std::size_t>(fragments)) return false;
  std::uint32_t before = 0;
  for (std::size_t k = 0; k < seen_.size(); ++k) {
    const std::uint32_t after = k + 1 < seen_.size() ? seen_[k + 1] : 0;
    if (std::popcount(before | seen_[k] | after) >= fragments) return true;
    before = seen_[k];
  }
  return false;
}

void CandidateMatches::fill(std::vector<float>& intensity,
                            std::vector<std::uint8_t>& matched) const {
  intensity.assign(seen_.size() * kTraceFragments, 0);
  matched.resize(seen_.size());
  for (std::size_t k = 0; k < seen_.size(); ++k) {
    matched[k] = static_cast<std::uint8_t>(std::popcount(seen_[k]));
  }
  for (const Hit& hit : hits_) intensity[hit.k * kTraceFragments + hit.fragment] = hit.intensity;
}

void CandidateMatches::fill(std::vector<FragmentPeaks>& peaks) const {
  FragmentPeaks none;
  none.fill(-1);
  peaks.assign(seen_.size(), none);
  for (const Hit& hit : hits_) peaks[hit.k][hit.fragment] = hit.peak;
}

}  // namespace overland::kernel
