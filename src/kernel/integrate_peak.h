// Peak limits and area of one smoothed chromatogram.
#pragma once

#include <cstdint>
#include <span>

#include "base/enum_text.h"

namespace overland::kernel {

// Why a passing precursor has no quantity; kept in the report.
enum class QuantityStatus : std::uint8_t {
  ok = 0,
  no_signal = 1,  // no positive point in the trace
  apex_lost = 2,  // nothing left around the apex
  outside = 3,    // the run has no scan of the window there
};

struct IntegratedPeak {
  QuantityStatus status = QuantityStatus::no_signal;
  std::uint32_t left = 0, apex = 0, right = 0;  // points; limits included
  double start_minutes = 0, stop_minutes = 0;   // exact limits of the area
  double area = 0;                              // intensity x minutes
  double height = 0;                            // smoothed intensity at the apex
  double fwhm_minutes = 0;
  std::uint32_t points = 0;  // points in the limits with a raw value > 0
};

enum class Baseline : std::uint8_t {
  none,
  line,  // through the lowest points on both sides of the apex
};

struct LimitSettings {
  double edge_fraction = 0.02;   // the peak ends where the smoothed curve falls below this share
  double allowed_rise = 1.15;    // or where it rises again by this factor over the running minimum
  double farthest_minutes = 0;   // or at this distance from the apex, if it is above 0
  std::uint32_t apex_shift = 2;  // points around the given apex that are looked at before climbing
  Baseline baseline = Baseline::none;
  // Minutes before and after the apex, in place of limits of its own; both 0: its own.
  double before_apex = 0, after_apex = 0;
};

// `rt_minutes` strictly ascending; `raw` and `smoothed` of the same length; `start` = expected
// apex. The limit is at the running minimum, or at
// `farthest_minutes` where that is nearer. The area is that of the broken line through
// `smoothed`, less the baseline, between the limits,
//   sum (t[k+1] - t[k]) (z[k] + z[k+1]) / 2,
// in minutes; a peak of one point has the height times half the distance to its neighbours.
[[nodiscard]] IntegratedPeak integrate_peak(std::span<const double> rt_minutes,
                                            std::span<const double> raw,
                                            std::span<const double> smoothed, std::uint32_t start,
                                            const LimitSettings& settings);

// c with area = sum c[k] z[k] without baseline: how errors of the points go into the area.
void area_coefficients(std::span<const double> rt_minutes, const IntegratedPeak& peak,
                       std::span<double> c);

}  // namespace overland::kernel

template <>
struct overland::EnumNames<overland::kernel::Baseline> {
  using Enum = overland::kernel::Baseline;
  static constexpr std::array kNames{std::pair{Enum::none, "none"}, std::pair{Enum::line, "line"}};
};
