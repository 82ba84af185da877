#include "stages/run_context.h"

#include <algorithm>
#include <cmath>

namespace overland {

std::int32_t nearest_peak(const ScanPeaks& peaks, double theoretical_mz, PpmWindow tolerance) {
  const MzRange range = around(Mz{theoretical_mz}, tolerance);
  const auto first =
      std::lower_bound(peaks.mz.begin(), peaks.mz.end(), static_cast<float>(range.low.value));
  std::int32_t nearest = -1;
  double distance = 0;
  for (auto it = first; it != peaks.mz.end() && static_cast<double>(*it) <= range.high.value;
       ++it) {
    const double d = std::abs(static_cast<double>(*it) - theoretical_mz);
    if (nearest >= 0 && d >= distance) break;
    nearest = static_cast<std::int32_t>(it - peaks.mz.begin());
    distance = d;
  }
  return nearest;
}

RunContext make_context(const RawRun& run, const LibraryView& library,
                        std::span<const std::uint8_t> folds, int threads) {
  return {
      run,    searched_windows(run), survey_scans(run), library, folds, decoys_per_target(library),
      threads};
}

double starting_nce(const LibraryView& library, double configured) {
  if (configured > 0) return configured;
  return library.form.spline ? library.form.spline->reference_nce : 0;
}

}  // namespace overland
