// Searches one isolation window again for one of its precursors.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/machine.h"
#include "explain/explain.h"
#include "params/search_config.h"
#include "search/run_models.h"
#include "search/run_view.h"
#include "search/window_search.h"

namespace overland::explain {

// The scan in which a precursor's fragments agree best with the library.
struct BestScan {
  float rt_minutes = 0;
  int matched = 0;   // fragments with a peak in the scan or in one of its neighbours
  float cosine = 0;  // square-root cosine of the summed peaks with the library
};

struct WindowReplay {
  WindowScan first_scan, last_scan;  // scans of the precursor's RT range, half-open
  float rt_first = 0, rt_last = 0;   // RT range, minutes
  std::size_t candidates = 0;        // library precursors in the window
  int fragments = 0;                 // number of the precursor's fragments searched
  BestScan best_in_range;
  BestScan best_elsewhere;     // in the rest of the run
  std::size_t columns = 0;     // scans whose deconvolution includes the precursor
  report::Chromatogram trace;  // in the RT range
};

// The constructor searches the window once.
class WindowReplayer {
 public:
  WindowReplayer(const search::RunView& view, const search::RunModels& models,
                 const params::SecondPassParameters& config, WindowId window,
                 const Machine& machine);

  // Empty if no scan of the window is in the precursor's retention-time range.
  [[nodiscard]] std::optional<WindowReplay> replay(PrecursorId precursor) const;
  // Precursors that match the same peaks in the scan nearest to `rt_minutes`, in descending order
  // of the number of shared peaks.
  [[nodiscard]] std::vector<Competitor> competitors_at(PrecursorId precursor,
                                                       float rt_minutes) const;

 private:
  [[nodiscard]] std::vector<float> weights_of(CandidateId candidate) const;
  [[nodiscard]] report::Chromatogram trace_of(CandidateId candidate,
                                              const std::vector<std::vector<float>>& rows) const;

  const search::RunView& view_;
  const search::RunModels& models_;
  search::WindowWorkspace work_;
};

}  // namespace overland::explain
