// What the MS1 scans say about a peak group: is there a precursor, with the right isotopes, eluting
// like the fragments?
#pragma once

#include <span>

#include "search/psm_table.h"
#include "search/run_models.h"
#include "search/run_view.h"

namespace overland::search {

struct ElutionProfile {
  std::span<const float> rt_minutes;  // ascending
  std::span<const float> signal;      // same length, square-root scale
  float voltage = 0;                  // of its scans
};

[[nodiscard]] Ms1Scores score_ms1(const RunView& view, const RunModels& models,
                                  PrecursorId precursor, const ElutionProfile& profile,
                                  float log_fragment_intensity);

}  // namespace overland::search
