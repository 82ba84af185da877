// First pass: which precursors of the whole library are surely in the run. Feeds calibration only:
// first without knowing anything about mass error or retention time, then again with both.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/machine.h"
#include "params/search_config.h"
#include "scoring/feature_matrix.h"
#include "search/run_models.h"
#include "search/run_view.h"

namespace overland::search {

struct FirstPassHit {
  PrecursorId precursor{};
  RunScan scan{};           // where it matched best
  double energy_ratio = 1;  // of the window, see run::IsolationWindow
};

struct FirstPassResult {
  std::vector<FirstPassHit>
      confident;                 // targets at q <= first_pass.q_value, by window and precursor
  std::uint64_t scans = 0;       // queried
  std::uint64_t candidates = 0;  // (scan, precursor) pairs that were scored
  double q_value = 0;            // at which `confident` was taken
};

// Models of a run of which nothing is known: the configured tolerance, no retention time.
[[nodiscard]] RunModels uncalibrated(const RunView& view, const params::TuneParameters& config);

// What a first pass is done with.
struct FirstPassJob {
  const RunView& view;
  std::span<const std::uint8_t> fold_of_pair;  // cross-validation folds
  Machine machine = {};
};

// Scans are thinned evenly to about `max_scans`.
[[nodiscard]] Result<FirstPassResult> first_pass(const FirstPassJob& job, const RunModels& models,
                                                 std::size_t max_scans,
                                                 const params::TuneParameters& config);

}  // namespace overland::search
