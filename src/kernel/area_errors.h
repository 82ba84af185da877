// What the standard deviation of an area is made of: errors of one measurement, as repeats of it
// would show. An error common to all runs (a wrong template) cancels in ratios and is not counted.
//
//   Var(area) = kScan (N + 2 O) / 3 + (kResidual R)^2 + (kEdge E)^2
//
// with c = coefficients of the area (area_coefficients), e = W S' c = the same through the smoother
// S, z = smoothed points, u = points that the smoother made of (y - z) taken away once more:
//   N = sum e_k^2 (gain counting_k^2 + cv^2 z_k^2)   scan-to-scan noise, as the whole run has it
//   O = sum e_k^2 u_k^2 / f                          the same as this peak alone shows it
//   R = sum c_k residual_k                           what the deconvolution left unexplained in all
//                                                    points together: interference
//   E = dt sqrt(z_left^2 + z_right^2)                limits stand on scans, dt apart in the mean
// f = |(I - S)^2 unit_apex|^2 is the part of white noise that is left in u; what is smooth, the
// peak itself, is all but gone. N and O weighed 1 : 2 shrink a variance from some ten points
// towards that of the run (empirical Bayes). Where no point is left over for O, N stands alone.
//
// The three factors were fitted to simulated replicates (bench/integration_quality.py; ADR 15, 23).
// kScan is below 1, and half of the errors are within 0.67 SD, since the errors' tails are heavier
// than a normal distribution's.
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

// Columns of equal length: one trace as it was smoothed and integrated.
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

// Workspace; allocates only until it has met the longest trace.
class AreaErrorEstimator {
 public:
  // `settings`: those of the smoothing.
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
