#include "kernel/area_errors.h"

#include <algorithm>
#include <cmath>

#include "base/pinned_math.h"

namespace overland::kernel {
namespace {

// Without smoothing there would be no residual from which to estimate noise.
constexpr double kLeastSmoothing = 0.002;
constexpr double kLeastLeft = 1e-12;

bool is_long_enough(std::size_t points, const WhittakerSettings& settings) {
  return points > static_cast<std::size_t>(std::clamp(settings.differences, 2, 3));
}

}  // namespace

double area_variance(const AreaErrors& errors, const NoiseModel& noise) {
  const double of_run = noise.gain * errors.counting + noise.cv * noise.cv * errors.proportional;
  const double scans = errors.own < 0 ? of_run : (of_run + 2 * errors.own) / 3;
  const double residual = kResidualShare * errors.residual;
  const double edge = kEdgeScans * errors.edge;
  return kScanShare * scans + residual * residual + edge * edge;
}

void AreaErrorEstimator::find_effects(const TraceErrors& trace, std::span<const double> x,
                                      const IntegratedPeak& peak,
                                      const WhittakerSettings& settings) {
  coefficient_.resize(trace.raw.size());
  area_coefficients(trace.rt_minutes, peak, coefficient_);
  effect_ = coefficient_;
  if (!is_long_enough(trace.raw.size(), settings)) return;
  smoother_.factor(x, trace.weight, settings);
  smoother_.solve(effect_);
  for (std::size_t k = 0; k < effect_.size(); ++k) effect_[k] *= trace.weight[k];
}

// values <- (I - S) values.
void AreaErrorEstimator::take_smooth_part_away(std::span<const double> weight,
                                               std::span<double> values) {
  part_.resize(values.size());
  for (std::size_t k = 0; k < values.size(); ++k) part_[k] = weight[k] * values[k];
  smoother_.solve(part_);
  for (std::size_t k = 0; k < values.size(); ++k) values[k] -= part_[k];
}

void AreaErrorEstimator::find_rest(const TraceErrors& trace, std::span<const double> x,
                                   std::uint32_t apex, const WhittakerSettings& settings) {
  rest_.assign(trace.raw.begin(), trace.raw.end());
  left_of_noise_ = 0;
  if (!is_long_enough(trace.raw.size(), settings)) return;
  if (settings.lambda < kLeastSmoothing) {
    smoother_.factor(x, trace.weight, {kLeastSmoothing, settings.differences});
  }
  unit_.assign(trace.raw.size(), 0);
  unit_[apex] = 1;
  for (int pass = 0; pass < 2; ++pass) {
    take_smooth_part_away(trace.weight, rest_);
    take_smooth_part_away(trace.weight, unit_);
  }
  for (const double value : unit_) left_of_noise_ += value * value;
}

AreaErrors AreaErrorEstimator::estimate(const TraceErrors& trace, std::span<const double> x,
                                        const IntegratedPeak& peak,
                                        const WhittakerSettings& settings) {
  find_effects(trace, x, peak, settings);
  find_rest(trace, x, peak.apex, settings);
  const std::size_t points = trace.raw.size();
  const bool has_rest = left_of_noise_ > kLeastLeft;
  AreaErrors errors;
  double own = 0;
  for (std::size_t k = 0; k < points; ++k) {
    const double square = effect_[k] * effect_[k];
    errors.counting += square * trace.counting[k] * trace.counting[k];
    errors.proportional += square * trace.smoothed[k] * trace.smoothed[k];
    errors.residual += coefficient_[k] * trace.residual[k];
    own += square * rest_[k] * rest_[k];
  }
  for (std::size_t k = peak.left; k <= peak.right; ++k) {
    if (has_rest) errors.roughness.roughness += rest_[k] * rest_[k] / left_of_noise_;
    errors.roughness.counting += trace.counting[k] * trace.counting[k];
    errors.roughness.square += trace.smoothed[k] * trace.smoothed[k];
  }
  if (has_rest) errors.own = own / left_of_noise_;
  if (points > 1) {
    const double distance =
        (trace.rt_minutes.back() - trace.rt_minutes.front()) / static_cast<double>(points - 1);
    errors.edge = distance * pinned::hypot(trace.smoothed[peak.left], trace.smoothed[peak.right]);
  }
  return errors;
}

}  // namespace overland::kernel
