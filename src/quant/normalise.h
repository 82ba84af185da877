// Makes runs comparable: for each run a smooth curve over retention time, in log2, that is taken
// off its quantities.
//
// The curve follows the log ratios to a consensus of all runs, but only of precursors that keep
// still: those whose level changes between runs (the biology) do not count, even when they are half
// of all. Where two sets of precursors agree each within itself and not with each other, the data
// cannot say which one changed; then the smaller correction is taken, for injected amounts differ
// little.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/enum_text.h"

namespace overland::quant {

enum class Normalisation {
  retention_time,  // a curve over retention time for each run
  global,          // one number for each run
  none,
};

// One row per quantity; columns of one length. Precursors and runs are numbers from 0.
struct NormalisationColumns {
  std::span<const std::uint32_t> precursor, run;
  std::span<const double> rt;        // minutes, of the peak in this run
  std::span<const double> quantity;  // linear; not positive or not finite: missing
};

struct NormalisationCurve {
  std::string method;            // "curve", "constant", or "none" (too few)
  std::vector<double> rt, log2;  // of the correction that is taken off, by ascending time
  std::size_t precursors = 0;    // still ones that it rests on
  double residual_sd = 0;        // log2, robust, of those after correction

  // log2 to take off; between the points linear, outside constant.
  [[nodiscard]] double at(double rt_minutes) const;
};

// One curve per run. Deterministic; does not depend on the order of rows of a run.
[[nodiscard]] std::vector<NormalisationCurve> fit_normalisation(const NormalisationColumns& columns,
                                                                std::size_t run_count,
                                                                Normalisation kind);

}  // namespace overland::quant

template <>
struct overland::EnumNames<overland::quant::Normalisation> {
  using Enum = overland::quant::Normalisation;
  static constexpr std::array kNames{std::pair{Enum::retention_time, "retention_time"},
                                     std::pair{Enum::global, "global"},
                                     std::pair{Enum::none, "none"}};
};
