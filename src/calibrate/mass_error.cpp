#include "calibrate/mass_error.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/pinned_math.h"
#include "kernel/robust_statistics.h"

namespace overland {
namespace {

struct Core {
  double mean = 0, sd = 1, share = 0.5;
};

// Normal core + uniform background by expectation-maximisation.
Core fit_core(std::span<const double> ppm, double low, double high) {
  Core core{median_of({ppm.begin(), ppm.end()}), std::max(robust_sd({ppm.begin(), ppm.end()}), 0.1),
            0.7};
  const double background = 1 / (high - low);
  for (int iteration = 0; iteration < 40; ++iteration) {
    double total = 0;
    double sum = 0;
    double squares = 0;
    for (const double x : ppm) {
      const double z = (x - core.mean) / core.sd;
      const double density = core.share * 0.3989422804 / core.sd * pinned::exp(-0.5 * z * z);
      const double p = density / (density + (1 - core.share) * background + 1e-300);
      total += p;
      sum += p * x;
      squares += p * x * x;
    }
    if (total < 5) break;
    core.mean = sum / total;
    core.sd = std::max(std::sqrt(std::max(squares / total - core.mean * core.mean, 0.0)), 0.05);
    core.share = std::clamp(total / static_cast<double>(ppm.size()), 0.05, 0.999);
  }
  return core;
}

// Medians of the drift in bins of equal count, over points near the core.
PiecewiseLinear fit_drift(std::vector<MassErrorPoint> points, std::size_t bins) {
  std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) {
    return a.rt_minutes != b.rt_minutes ? a.rt_minutes < b.rt_minutes : a.ppm < b.ppm;
  });
  std::vector<double> x;
  std::vector<double> y;
  for (std::size_t b = 0; b < bins; ++b) {
    std::vector<double> rt;
    std::vector<double> ppm;
    for (std::size_t i = b * points.size() / bins; i < (b + 1) * points.size() / bins; ++i) {
      rt.push_back(points[i].rt_minutes);
      ppm.push_back(points[i].ppm);
    }
    const double center = median_of(std::move(rt));
    if (!x.empty() && center <= x.back()) continue;
    x.push_back(center);
    y.push_back(median_of(std::move(ppm)));
  }
  // Constant beyond the first and last bin: a slope there would be extrapolated noise.
  x.insert(x.begin(), x.front() - 1);
  y.insert(y.begin(), y.front());
  x.push_back(x.back() + 1);
  y.push_back(y.back());
  return {std::move(x), std::move(y)};
}

}  // namespace

MassErrorModel fit_mass_error(std::span<const MassErrorPoint> points, PpmWindow window,
                              const MassErrorSettings& settings) {
  MassErrorModel model;
  model.points = points.size();
  model.tolerance = window;
  model.method = "none";
  model.offset_ppm_of_rt = PiecewiseLinear({0}, {0});
  if (points.size() < settings.min_points) return model;
  std::vector<double> ppm;
  for (const MassErrorPoint& p : points) ppm.push_back(p.ppm);
  Core core = fit_core(ppm, static_cast<double>(window.low), static_cast<double>(window.high));
  model.offset_ppm_of_rt = PiecewiseLinear({0}, {core.mean});
  model.method = "constant";
  std::vector<MassErrorPoint> near;
  for (const MassErrorPoint& p : points) {
    if (std::abs(p.ppm - core.mean) <= 3 * core.sd) near.push_back(p);
  }
  const std::size_t bins = std::min<std::size_t>(near.size() / settings.points_per_bin, 20);
  if (bins >= 3) {
    model.offset_ppm_of_rt = fit_drift(std::move(near), bins);
    model.method = "drift";
    for (std::size_t i = 0; i < points.size(); ++i) {
      ppm[i] = points[i].ppm - model.offset_ppm_of_rt(points[i].rt_minutes);
    }
    core = fit_core(ppm, static_cast<double>(window.low), static_cast<double>(window.high));
  }
  model.sd_ppm = core.sd;
  const double widest =
      std::max(-static_cast<double>(window.low), static_cast<double>(window.high));
  const auto half =
      static_cast<float>(std::clamp(settings.sigma * core.sd, settings.min_tolerance_ppm, widest));
  model.tolerance = {-half, half};
  return model;
}

}  // namespace overland
