// The standard deviation of a peak area, from the errors of one measurement: the spread that
// repeated measurements would show. An error common to all runs (a wrong template) cancels in
// ratios and is not included.
//
//   Var(area) = kScanShare (N + 2 O) / 3 + (kResidualShare R)^2 + (kEdgeScans E)^2
//
//   N = sum e_k^2 (gain counting_k^2 + cv^2 z_k^2)   scan-to-scan noise by the run's noise model
//   O = sum e_k^2 u_k^2 / f                          scan-to-scan noise seen in this peak alone
//   R = sum c_k residual_k                           residuals of the deconvolution, summed with
//   one
//                                                    sign: interference
//   E = dt sqrt(z_left^2 + z_right^2)                rounding of the limits to scans; dt: mean time
//                                                    between scans
// where
//   c  coefficients of the area (area_coefficients)
//   e  W S' c: effect of an error of each raw point on the area, through the smoother S
//   y  raw points;  z = S y  smoothed points
//   u  (I - S)^2 y: residual after smoothing the residual again
//   f  |(I - S)^2 unit_apex|^2: share of white noise that is left in u; of the peak itself, which
//   is
//      smooth, almost nothing is left
// Weighting N and O by 1 : 2 shrinks a variance from about ten points towards that of the run
// (empirical Bayes). If no point is left for O, N is used alone.
//
// The three factors were fitted to simulated replicates (bench/integration_quality.py; ADR 15, 23).
// kScanShare is below 1, and half of the errors are within 0.67 SD, because the errors have heavier
// tails than a normal distribution.
#pragma once

#include <span>
#include <vector>

#include "kernel/integrate_peak.h"
#include "kernel/trace_noise.h"
#include "kernel/whittaker.h"

namespace overland::kernel {

inline constexpr double kScanShare = 0.8;
inline constexpr double kResidualShare = 0.31;
inline constexpr double kEdgeScans = 0.42;

// Columns of equal length: one chromatogram with the smoothed points that were integrated.
struct TraceErrors {
  std::span<const double> rt_minutes, raw, smoothed, weight;
  std::span<const double> counting, residual;  // standard deviations, see ColumnErrors
};

struct AreaErrors {
  PeakRoughness roughness;  // for the run's noise model
  double counting = 0;      // sum of (e counting)^2
  double proportional = 0;  // sum of (e z)^2
  double own = -1;          // O; below 0: unknown
  double residual = 0;      // R
  double edge = 0;          // E
};

[[nodiscard]] double area_variance(const AreaErrors& errors, const NoiseModel& noise);

// Reusable workspace: allocates only for a trace longer than all before.
class AreaErrorEstimator {
 public:
  // `settings` are the settings with which the trace was smoothed.
  [[nodiscard]] AreaErrors estimate(const TraceErrors& trace, std::span<const double> x,
                                    const IntegratedPeak& peak, const WhittakerSettings& settings);

 private:
  void find_effects(const TraceErrors& trace, std::span<const double> x, const IntegratedPeak& peak,
                    const WhittakerSettings& settings);
  void find_rest(const TraceErrors& trace, std::span<const double> x, std::uint32_t apex,
                 const WhittakerSettings& settings);
  void take_smooth_part_away(std::span<const double> weight, std::span<double> values);

  WhittakerSmoother smoother_;
  std::vector<double> coefficient_, effect_, rest_, unit_, part_;
  double left_of_noise_ = 0;  // f
};

}  // namespace overland::kernel
