#include "calibrate/rt_alignment.h"

#include <algorithm>
#include <cmath>

#include "kernel/robust_statistics.h"

namespace overland {
namespace {

constexpr double kOutlierSd = 4;
constexpr std::size_t kPointsPerBin = 30;
constexpr std::size_t kMaxBins = 40;

std::vector<double> residuals(std::span<const RtPoint> points, const PiecewiseLinear& model) {
  std::vector<double> r;
  r.reserve(points.size());
  for (const RtPoint& p : points) r.push_back(p.irt - model(p.rt_minutes));
  return r;
}

// Theil-Sen: median of slopes between points half the sample apart (linear time after sorting),
// never falling.
PiecewiseLinear fit_line(std::span<const RtPoint> sorted) {
  std::vector<double> slopes;
  const std::size_t half = sorted.size() / 2;
  for (std::size_t i = 0; i + half < sorted.size(); ++i) {
    const double dt = sorted[i + half].rt_minutes - sorted[i].rt_minutes;
    if (dt > 0) slopes.push_back((sorted[i + half].irt - sorted[i].irt) / dt);
  }
  const double slope = std::max(0.0, median_of(std::move(slopes)));
  std::vector<double> intercepts;
  for (const RtPoint& p : sorted) intercepts.push_back(p.irt - slope * p.rt_minutes);
  const double intercept = median_of(std::move(intercepts));
  const double first = sorted.front().rt_minutes;
  const double last = std::max(sorted.back().rt_minutes, first + 1e-3);
  return {{first, last}, {intercept + slope * first, intercept + slope * last}};
}

PiecewiseLinear fit_bins(std::span<const RtPoint> sorted) {
  const std::size_t bins = std::clamp<std::size_t>(sorted.size() / kPointsPerBin, 4, kMaxBins);
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> weight;
  for (std::size_t b = 0; b < bins; ++b) {
    const std::size_t first = b * sorted.size() / bins;
    const std::size_t last = (b + 1) * sorted.size() / bins;
    std::vector<double> rt;
    std::vector<double> irt;
    for (std::size_t i = first; i < last; ++i) {
      rt.push_back(sorted[i].rt_minutes);
      irt.push_back(sorted[i].irt);
    }
    const double center = median_of(std::move(rt));
    if (!x.empty() && center <= x.back()) continue;
    x.push_back(center);
    y.push_back(median_of(std::move(irt)));
    weight.push_back(static_cast<double>(last - first));
  }
  std::vector<double> monotone = isotonic_fit(y, weight);
  return {std::move(x), std::move(monotone)};
}

std::vector<RtPoint> without_outliers(std::span<const RtPoint> points,
                                      const PiecewiseLinear& model) {
  const std::vector<double> r = residuals(points, model);
  const double limit = kOutlierSd * robust_sd(r) + 1e-9;
  const double center = median_of(r);
  std::vector<RtPoint> kept;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (std::abs(r[i] - center) <= limit) kept.push_back(points[i]);
  }
  return kept;
}

}  // namespace

RtModel fit_rt_model(std::span<const RtPoint> points, double irt_low, double irt_high,
                     const RtSettings& settings) {
  RtModel model;
  model.points = points.size();
  const double range = std::max(irt_high - irt_low, 1e-6);
  if (points.size() < settings.min_linear) {
    model.method = "none";
    model.tolerance = range;
    model.irt_of_rt = PiecewiseLinear({0}, {(irt_low + irt_high) / 2});
    return model;
  }
  std::vector<RtPoint> sorted(points.begin(), points.end());
  const auto by_rt = [](const RtPoint& a, const RtPoint& b) {
    return a.rt_minutes != b.rt_minutes ? a.rt_minutes < b.rt_minutes : a.irt < b.irt;
  };
  std::sort(sorted.begin(), sorted.end(), by_rt);
  const bool is_binned = points.size() >= settings.min_binned;
  model.method = is_binned ? "binned" : "linear";
  const auto fit = is_binned ? fit_bins : fit_line;
  const PiecewiseLinear rough = fit(sorted);
  const std::vector<RtPoint> kept = without_outliers(sorted, rough);
  model.irt_of_rt = fit(kept);
  model.residual_sd = robust_sd(residuals(sorted, model.irt_of_rt));
  model.tolerance =
      std::clamp(settings.sigma * model.residual_sd, settings.min_tolerance_share * range, range);
  return model;
}

}  // namespace overland
