// What the stages of one run look at: the run, its windows, its MS1 scans, the library.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/ids.h"
#include "kernel/scan_peaks.h"
#include "library/library.h"
#include "run/isolation_scheme.h"
#include "run/raw_run.h"
#include "run/survey_ranges.h"

namespace overland::search {

struct RunView {
  const run::RawRun& run;
  std::vector<run::IsolationWindow> windows;
  std::vector<run::SurveyRange> ms1;
  library::LibraryView library;

  [[nodiscard]] float rt_of(RunScan scan) const { return run.headers().rt_minutes[scan.index()]; }
  // The part of the MS1 scans of a compensation voltage that acquires a precursor's m/z, or none.
  [[nodiscard]] std::optional<std::size_t> survey_of(Mz mz, float voltage) const;
  [[nodiscard]] std::span<const float> fragment_mz(PrecursorId precursor) const {
    return library.fragment_mz.subspan(library.fragment_begin[precursor.index()],
                                       fragment_count(precursor));
  }
  [[nodiscard]] std::size_t fragment_count(PrecursorId precursor) const {
    const std::size_t row = precursor.index();
    return library.fragment_begin[row + 1] - library.fragment_begin[row];
  }
};

// Both must outlive the view.
[[nodiscard]] RunView view_of(const run::RawRun& run, const library::LibraryView& library);

// The energy a run is searched with before (or without) a fit: the one of the configuration, else
// the library's reference.
[[nodiscard]] double starting_nce(const library::LibraryView& library, double configured);

}  // namespace overland::search
