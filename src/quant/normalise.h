// Makes runs comparable: from the log2 quantities of each run, a smooth curve over retention time
// is subtracted.
//
// The curve is fitted to the log ratios to a consensus of all runs, using only stable precursors.
// Precursors whose level changes between runs (the biology) are excluded, even if they are half of
// all. If two sets of precursors are consistent within themselves but not with each other, the data
// cannot show which set changed; the smaller correction is then used, because injected amounts
// usually differ little.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "base/enum_text.h"
#include "quant/run_quantities.h"

namespace overland::quant {

enum class Normalisation {
  retention_time,  // a curve over retention time for each run
  global,          // one number for each run
  none,
};

struct NormalisationCurve {
  std::string method;            // "curve", "constant", or "none" (too few)
  std::vector<double> rt, log2;  // points of the curve: ascending minutes, log2 to subtract
  std::size_t precursors = 0;    // number of stable precursors used for the fit
  double residual_sd = 0;        // robust SD of their log2 ratios after correction

  // log2 to subtract; linear between the points, constant outside.
  [[nodiscard]] double at(double rt_minutes) const;
};

// One curve per run. Precursors are numbers below `precursor_count`. Memory does not grow with the
// number of runs: at most `most_held` quantities are held at a time, or those of one precursor.
// Errors of `runs`.
[[nodiscard]] Result<std::vector<NormalisationCurve>> fit_normalisation(
    const CohortSource& runs, std::size_t precursor_count, Normalisation kind,
    std::size_t most_held = std::size_t{1} << 22);

}  // namespace overland::quant

template <>
struct overland::EnumNames<overland::quant::Normalisation> {
  using Enum = overland::quant::Normalisation;
  static constexpr std::array kNames{std::pair{Enum::retention_time, "retention_time"},
                                     std::pair{Enum::global, "global"},
                                     std::pair{Enum::none, "none"}};
};
