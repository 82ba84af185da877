// Peak limits and area of one smoothed chromatogram.
#pragma once

#include <cstdint>
#include <span>

#include "base/enum_text.h"

namespace overland::kernel {

// Why an accepted precursor has or lacks a quantity; written to the report.
enum class QuantityStatus : std::uint8_t {
  ok = 0,
  no_signal = 1,  // no positive point in the trace
  apex_lost = 2,  // no signal left around the apex
  outside = 3,    // no scan near the apex isolates the precursor
};

struct IntegratedPeak {
  QuantityStatus status = QuantityStatus::no_signal;
  std::uint32_t left = 0, apex = 0, right = 0;  // indices of points; limits included
  double start_minutes = 0, stop_minutes = 0;   // exact limits of the area
  double area = 0;                              // intensity x minutes
  double height = 0;                            // smoothed intensity at the apex
  double fwhm_minutes = 0;
  std::uint32_t points = 0;  // points within the limits with a raw value > 0
};

enum class Baseline : std::uint8_t {
  none,
  line,  // through the lowest points on both sides of the apex
};

struct LimitSettings {
  double edge_fraction = 0.02;   // the peak ends where the smoothed curve falls below this share
  double allowed_rise = 1.15;    // or rises by this factor above the running minimum
  double farthest_minutes = 0;   // or at this distance from the apex, if above 0
  std::uint32_t apex_shift = 2;  // points on either side of `start` searched for the apex
  Baseline baseline = Baseline::none;
  // Fixed limits, in minutes before and after the apex; if both are 0, the limits are found from
  // the chromatogram.
  double before_apex = 0, after_apex = 0;
};

// `rt_minutes` is strictly ascending; `raw` and `smoothed` have the same length; `start` is the
// point of the expected apex. A limit lies at the running minimum, or at `farthest_minutes` from
// the apex if that is nearer. The area is the integral by the trapezoidal rule of `smoothed` minus
// the baseline between the limits,
//   sum (t[k+1] - t[k]) (z[k] + z[k+1]) / 2,
// in intensity x minutes; the area of a peak of one point is its height times half the time
// between its neighbours.
[[nodiscard]] IntegratedPeak integrate_peak(std::span<const double> rt_minutes,
                                            std::span<const double> raw,
                                            std::span<const double> smoothed, std::uint32_t start,
                                            const LimitSettings& settings);

// The coefficients c in area = sum c[k] z[k] without baseline, for the propagation of errors from
// points to the area.
void area_coefficients(std::span<const double> rt_minutes, const IntegratedPeak& peak,
                       std::span<double> c);

}  // namespace overland::kernel

template <>
struct overland::EnumNames<overland::kernel::Baseline> {
  using Enum = overland::kernel::Baseline;
  static constexpr std::array kNames{std::pair{Enum::none, "none"}, std::pair{Enum::line, "line"}};
};
