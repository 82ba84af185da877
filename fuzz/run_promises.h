// What every RawRun promises, checked; used by the fuzz targets.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "run/isolation_scheme.h"
#include "run/raw_run.h"
#include "run/survey_ranges.h"

namespace overland::fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

inline void check_scan(const run::RawRun& run, std::size_t i) {
  const run::ScanHeaders& headers = run.headers();
  require(std::isfinite(headers.rt_minutes[i]));
  require(i == 0 || headers.rt_minutes[i - 1] <= headers.rt_minutes[i]);
  require(headers.ms_order[i] == 1 || headers.ms_order[i] == 2);
  require((headers.ms_order[i] == 1) == (headers.window_high_mz[i] == 0));
  require(headers.ms_order[i] == 1 || headers.window_low_mz[i] < headers.window_high_mz[i]);
  const kernel::ScanPeaks peaks = run.peaks(RunScan(static_cast<std::uint32_t>(i)));
  require(peaks.mz.size() == peaks.intensity.size());
  for (std::size_t k = 0; k < peaks.size(); ++k) {
    require(std::isfinite(peaks.mz[k]) && peaks.mz[k] > 0);
    require(k == 0 || peaks.mz[k - 1] < peaks.mz[k]);
    require(std::isfinite(peaks.intensity[k]) && peaks.intensity[k] > 0);
  }
}

inline void check(const Result<run::RawRun>& run) {
  if (!run) {
    require(!run.error().code.empty() && !run.error().what.empty());
    require(run.error().exit_code() == 4);
    return;
  }
  std::size_t in_windows = 0;
  for (std::size_t i = 0; i < run->scan_count(); ++i) check_scan(*run, i);
  for (const run::IsolationWindow& window : run::discover_windows(*run))
    in_windows += window.scans.size();
  require(in_windows > 0 && in_windows + run::ms1_scans(*run).size() == run->scan_count());
}

}  // namespace overland::fuzz
