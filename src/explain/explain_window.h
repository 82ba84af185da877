// One isolation window searched again for one of its precursors.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "explain/explain.h"
#include "params/search_config.h"
#include "search/run_context.h"
#include "search/run_models.h"
#include "search/window_pass.h"

namespace overland::explain {

// Where a precursor's fragments agree best with the library.
struct BestScan {
  float rt_minutes = 0;
  int matched = 0;   // fragments with a peak in this scan or one of its neighbours
  float cosine = 0;  // square-root cosine of the summed peaks with the library
};

struct WindowReplay {
  std::uint32_t first_scan = 0, last_scan = 0;  // half-open, of the window's scans: its RT range
  float rt_first = 0, rt_last = 0;              // minutes
  std::size_t candidates = 0;                   // of the library in this window
  int fragments = 0;                            // of the precursor that are looked for
  BestScan best_in_range;
  BestScan best_elsewhere;     // in the rest of the run
  std::size_t columns = 0;     // scans in whose deconvolution the precursor took part
  report::Chromatogram trace;  // in its RT range
};

// Searches the window once, when it is made.
class WindowReplayer {
 public:
  WindowReplayer(const search::RunContext& context, const search::RunModels& models,
                 const params::SecondPassParameters& config, std::size_t window);

  // Nothing where the run's retention-time model leaves the precursor no scan of the window.
  [[nodiscard]] std::optional<WindowReplay> replay(std::uint32_t precursor) const;
  // Precursors with a share in the scan nearest to `rt_minutes`, those with most shared peaks
  // first.
  [[nodiscard]] std::vector<Competitor> competitors_at(std::uint32_t precursor,
                                                       float rt_minutes) const;

 private:
  [[nodiscard]] std::vector<float> weights_of(std::size_t candidate) const;
  [[nodiscard]] report::Chromatogram trace_of(std::size_t candidate,
                                              const std::vector<std::vector<float>>& rows) const;

  const search::RunContext& context_;
  const search::RunModels& models_;
  search::WindowWorkspace work_;
};

}  // namespace overland::explain
