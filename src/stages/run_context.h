// What the stages of one run work on: the run, its windows, the library. Views only.
#pragma once

#include <span>
#include <vector>

#include "kernel/scan_peaks.h"
#include "library/library.h"
#include "run/isolation_scheme.h"
#include "run/raw_run.h"

namespace overland {

struct RunContext {
  const RawRun& run;
  std::vector<IsolationWindow> windows;
  std::vector<std::uint32_t> ms1;  // MS1 scans by retention time
  LibraryView library;
  std::span<const std::uint8_t> fold_of_pair;  // see scoring folds
  double decoys_per_target = 1;
  int threads = 1;

  [[nodiscard]] float rt_of(std::uint32_t scan) const { return run.headers().rt_minutes[scan]; }
  [[nodiscard]] std::span<const float> fragment_mz(std::uint32_t precursor) const {
    return library.fragment_mz.subspan(library.fragment_begin[precursor],
                                       fragment_count(precursor));
  }
  [[nodiscard]] std::size_t fragment_count(std::uint32_t precursor) const {
    return library.fragment_begin[precursor + 1] - library.fragment_begin[precursor];
  }
};

// The strongest fragments of a precursor, decoded into `intensity`; returns how many.
inline std::size_t decode_template(const RunContext& context, std::uint32_t precursor,
                                   std::span<float> intensity) {
  const std::size_t count = std::min(context.fragment_count(precursor), intensity.size());
  const std::uint64_t begin = context.library.fragment_begin[precursor];
  for (std::size_t f = 0; f < count; ++f) {
    intensity[f] = decode_intensity(context.library.fragment_intensity[begin + f]);
  }
  return count;
}

// Nearest peak within the tolerance of a theoretical m/z by binary search, or -1: for the few
// look-ups outside the window passes.
[[nodiscard]] std::int32_t nearest_peak(const ScanPeaks& peaks, double theoretical_mz,
                                        PpmWindow tolerance);

}  // namespace overland
