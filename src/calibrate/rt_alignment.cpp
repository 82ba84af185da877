#include "calibrate/rt_alignment.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "calibrate/monotone_spline.h"
#include "kernel/robust_statistics.h"

namespace overland::calibrate {
namespace {

constexpr double kOutlierSd = 4;
constexpr std::size_t kMaxRegions = 12;
constexpr double kClearlyWider = 1.2;  // least ratio of a region's spread to the run's spread

std::vector<double> residuals(std::span<const RtPoint> points, const PiecewiseLinear& model) {
  std::vector<double> r;
  r.reserve(points.size());
  for (const RtPoint& p : points) r.push_back(p.irt - model(p.rt_minutes));
  return r;
}

// Theil-Sen line: median of the slopes between points that are half the sample apart (linear time
// after sorting), at least 0.
PiecewiseLinear fit_line(std::span<const RtPoint> sorted) {
  std::vector<double> slopes;
  const std::size_t half = sorted.size() / 2;
  for (std::size_t i = 0; i + half < sorted.size(); ++i) {
    const double dt = sorted[i + half].rt_minutes - sorted[i].rt_minutes;
    if (dt > 0) slopes.push_back((sorted[i + half].irt - sorted[i].irt) / dt);
  }
  const double slope = std::max(0.0, kernel::median_of(std::move(slopes)));
  std::vector<double> intercepts;
  for (const RtPoint& p : sorted) intercepts.push_back(p.irt - slope * p.rt_minutes);
  const double intercept = kernel::median_of(std::move(intercepts));
  const double first = sorted.front().rt_minutes;
  const double last = std::max(sorted.back().rt_minutes, first + 1e-3);
  return {{first, last}, {intercept + slope * first, intercept + slope * last}};
}

PiecewiseLinear fit_spline(std::span<const RtPoint> sorted) {
  std::vector<double> x;
  std::vector<double> y;
  for (const RtPoint& p : sorted) {
    x.push_back(p.rt_minutes);
    y.push_back(p.irt);
  }
  const auto spline = fit_monotone_spline(x, y, {});
  return spline ? *spline : fit_line(sorted);
}

std::vector<RtPoint> without_outliers(std::span<const RtPoint> points,
                                      const PiecewiseLinear& model) {
  const std::vector<double> r = residuals(points, model);
  const double limit = kOutlierSd * kernel::robust_sd(r) + 1e-9;
  const double center = kernel::median_of(r);
  std::vector<RtPoint> kept;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (std::abs(r[i] - center) <= limit) kept.push_back(points[i]);
  }
  return kept;
}

// Tolerance by region, if some regions have clearly wider residuals than the run as a whole.
PiecewiseLinear local_tolerance(std::span<const RtPoint> sorted, const RtModel& model,
                                double widest, const RtSettings& settings) {
  const std::size_t regions = std::min(sorted.size() / settings.points_per_region, kMaxRegions);
  if (regions < 3) return {};
  const std::vector<double> all = residuals(sorted, model.irt_of_rt);
  std::vector<double> x;
  std::vector<double> sd;
  for (std::size_t g = 0; g < regions; ++g) {
    const std::size_t first = g * sorted.size() / regions;
    const std::size_t last = (g + 1) * sorted.size() / regions;
    const double middle = sorted[(first + last) / 2].rt_minutes;
    if (!x.empty() && middle <= x.back()) continue;
    x.push_back(middle);
    sd.push_back(kernel::robust_sd({all.begin() + static_cast<std::ptrdiff_t>(first),
                                    all.begin() + static_cast<std::ptrdiff_t>(last)}));
  }
  bool is_wider = false;
  std::vector<double> tolerance;
  for (const double s : sd) {
    const bool is_clear = s > kClearlyWider * model.residual_sd;
    is_wider = is_wider || is_clear;
    tolerance.push_back(is_clear ? std::clamp(settings.sigma * s, model.tolerance, widest)
                                 : model.tolerance);
  }
  return is_wider ? with_constant_ends(std::move(x), std::move(tolerance)) : PiecewiseLinear();
}

double share_within(std::span<const RtPoint> points, const RtModel& model) {
  std::size_t within = 0;
  for (const RtPoint& p : points) {
    const double r = std::abs(p.irt - model.irt_of_rt(p.rt_minutes));
    within += r <= model.tolerance_at(p.rt_minutes) ? 1U : 0U;
  }
  return static_cast<double>(within) / static_cast<double>(points.size());
}

}  // namespace

bool runs_backwards(std::span<const RtPoint> points) {
  std::vector<RtPoint> sorted(points.begin(), points.end());
  std::ranges::sort(sorted, {}, [](const RtPoint& p) { return std::pair(p.rt_minutes, p.irt); });
  const std::size_t half = sorted.size() / 2;
  double sum = 0;
  double pairs = 0;
  for (std::size_t i = 0; half > 0 && i + half < sorted.size(); ++i) {
    const double difference = sorted[i + half].irt - sorted[i].irt;
    sum += difference > 0 ? 1 : difference < 0 ? -1 : 0;
    pairs += 1;
  }
  return sum < -0.5 * pairs;
}

RtModel fit_rt_model(std::span<const RtPoint> points, double irt_low, double irt_high,
                     const RtSettings& settings) {
  RtModel model;
  model.points = points.size();
  const double range = std::max(irt_high - irt_low, 1e-6);
  if (points.size() < settings.min_linear || runs_backwards(points)) {
    model.tolerance = range;
    model.irt_of_rt = PiecewiseLinear({0}, {(irt_low + irt_high) / 2});
    return model;
  }
  std::vector<RtPoint> sorted(points.begin(), points.end());
  const auto by_rt = [](const RtPoint& a, const RtPoint& b) {
    return a.rt_minutes != b.rt_minutes ? a.rt_minutes < b.rt_minutes : a.irt < b.irt;
  };
  std::sort(sorted.begin(), sorted.end(), by_rt);
  const bool is_spline = points.size() >= settings.min_spline;
  model.method = is_spline ? RtMethod::spline : RtMethod::linear;
  model.source = ModelSource::run;
  const auto fit = is_spline ? fit_spline : fit_line;
  const std::vector<RtPoint> kept = without_outliers(sorted, fit(sorted));
  model.irt_of_rt = fit(kept);
  model.residual_sd = kernel::robust_sd(residuals(sorted, model.irt_of_rt));
  model.tolerance =
      std::clamp(settings.sigma * model.residual_sd, settings.min_tolerance_share * range, range);
  if (settings.is_local) model.tolerance_of_rt = local_tolerance(sorted, model, range, settings);
  model.quality = share_within(sorted, model);
  return model;
}

}  // namespace overland::calibrate
