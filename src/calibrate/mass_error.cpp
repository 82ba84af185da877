#include "calibrate/mass_error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/pinned_math.h"
#include "kernel/robust_statistics.h"

namespace overland::calibrate {
namespace {

constexpr std::size_t kMaxRtBins = 20;
constexpr std::size_t kMaxMzBins = 8;
constexpr std::size_t kMaxPoints = 24'000;  // enough for any term; more points only cost time
constexpr double kLeastGain = 6;            // gain in log-likelihood required to keep a term

enum class MzTerm { none, line, bins };

struct Terms {
  bool by_rt = false;
  MzTerm by_mz = MzTerm::none;
};

struct Offsets {
  PiecewiseLinear of_rt, of_mz;
};

using Points = std::vector<MassErrorPoint>;

struct BinMedians {
  std::vector<double> x, y;
};

// Medians of x and ppm in bins of equal count. `values`: (x, ppm) in any order.
BinMedians bin_medians(std::vector<std::pair<double, double>> values, std::size_t bins) {
  std::sort(values.begin(), values.end());
  BinMedians medians;
  for (std::size_t b = 0; b < bins; ++b) {
    std::vector<double> x;
    std::vector<double> y;
    for (std::size_t i = b * values.size() / bins; i < (b + 1) * values.size() / bins; ++i) {
      x.push_back(values[i].first);
      y.push_back(values[i].second);
    }
    const double center = kernel::median_of(std::move(x));
    if (y.empty() || (!medians.x.empty() && center <= medians.x.back())) continue;
    medians.x.push_back(center);
    medians.y.push_back(kernel::median_of(std::move(y)));
  }
  return medians;
}

// Extrapolates the slope of the first and last bins to the ends of the data; constant beyond them.
PiecewiseLinear bins_to_the_ends(BinMedians m, double low, double high) {
  if (m.x.size() < 2) return {};
  const PiecewiseLinear inner(m.x, m.y);
  if (low < m.x.front()) {
    m.x.insert(m.x.begin(), low);
    m.y.insert(m.y.begin(), inner(low));
  }
  if (high > m.x.back()) {
    m.x.push_back(high);
    m.y.push_back(inner(high));
  }
  return with_constant_ends(std::move(m.x), std::move(m.y));
}

// Line by ordinary least squares, which needs no robust loss: the points are near the core already.
PiecewiseLinear line_of(const std::vector<std::pair<double, double>>& values) {
  double n = 0, sx = 0, sy = 0;
  for (const auto& [x, y] : values) {
    n += 1;
    sx += x;
    sy += y;
  }
  double sxx = 0, sxy = 0;
  for (const auto& [x, y] : values) {
    sxx += (x - sx / n) * (x - sx / n);
    sxy += (x - sx / n) * y;
  }
  if (!(sxx > 0)) return {};
  const double slope = sxy / sxx;
  return {{sx / n, sx / n + 100}, {sy / n, sy / n + 100 * slope}};
}

class OffsetFit {
 public:
  OffsetFit(PpmWindow window, const MassErrorSettings& settings)
      : window_(window), settings_(settings) {}

  static std::vector<double> residuals(const Points& points, const Offsets& offsets) {
    std::vector<double> r;
    r.reserve(points.size());
    for (const MassErrorPoint& p : points) {
      r.push_back(p.ppm - offsets.of_rt(p.rt_minutes) - offsets.of_mz(p.mz));
    }
    return r;
  }

  [[nodiscard]] Offsets fit(const Points& points, Terms terms) const {
    Offsets offsets;
    const MassCore core = fit_mass_core(residuals(points, offsets), window_);
    offsets.of_rt = PiecewiseLinear({0}, {core.center});
    // Both terms are fitted twice, each to the residuals of the other.
    const int rounds = terms.by_rt || terms.by_mz != MzTerm::none ? 2 : 0;
    double reach_low = 3 * core.sd_low;
    double reach_high = 3 * core.sd_high;
    for (int round = 0; round < rounds; ++round) {
      const Points near = within(points, offsets, reach_low, reach_high);
      fit_mz(near, terms.by_mz, offsets);
      fit_rt(near, terms.by_rt, offsets);
      const MassCore left = fit_mass_core(residuals(points, offsets), window_);
      reach_low = 3 * left.sd_low;
      reach_high = 3 * left.sd_high;
    }
    return offsets;
  }

  [[nodiscard]] MassCore core(const Points& points, const Offsets& offsets) const {
    return fit_mass_core(residuals(points, offsets), window_);
  }

  // Sum of the log-likelihoods of each half under the fit to the other half.
  [[nodiscard]] double held_out(const std::array<Points, 2>& halves, Terms terms) const {
    double sum = 0;
    for (std::size_t h = 0; h < 2; ++h) {
      const Offsets offsets = fit(halves[h], terms);
      const MassCore fitted = core(halves[h], offsets);
      sum += log_likelihood(residuals(halves[1 - h], offsets), fitted, width());
    }
    return sum;
  }

  [[nodiscard]] double width() const {
    return static_cast<double>(window_.high) - static_cast<double>(window_.low);
  }

 private:
  static Points within(const Points& points, const Offsets& offsets, double low, double high) {
    const std::vector<double> r = residuals(points, offsets);
    Points near;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (r[i] >= -low && r[i] <= high) near.push_back(points[i]);
    }
    return near;
  }

  void fit_mz(const Points& near, MzTerm term, Offsets& offsets) const {
    if (term == MzTerm::none || near.empty()) return;
    std::vector<std::pair<double, double>> values;
    for (const MassErrorPoint& p : near)
      values.emplace_back(p.mz, p.ppm - offsets.of_rt(p.rt_minutes));
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const std::size_t bins = std::min(near.size() / settings_.points_per_mz_bin, kMaxMzBins);
    PiecewiseLinear g = term == MzTerm::line
                            ? line_of(values)
                            : bins_to_the_ends(bin_medians(values, std::max<std::size_t>(bins, 3)),
                                               low->first, high->first);
    std::vector<double> fitted;
    for (const auto& value : values) fitted.push_back(g(value.first));
    const double center = kernel::median_of(std::move(fitted));
    std::vector<double> y(g.knots_y().begin(), g.knots_y().end());
    for (double& v : y) v -= center;
    offsets.of_mz = {{g.knots_x().begin(), g.knots_x().end()}, std::move(y)};
  }

  void fit_rt(const Points& near, bool by_rt, Offsets& offsets) const {
    std::vector<std::pair<double, double>> values;
    for (const MassErrorPoint& p : near)
      values.emplace_back(p.rt_minutes, p.ppm - offsets.of_mz(p.mz));
    if (values.empty()) return;
    const std::size_t bins =
        std::clamp<std::size_t>(near.size() / settings_.points_per_bin, 1, kMaxRtBins);
    BinMedians m = bin_medians(std::move(values), by_rt ? bins : 1);
    offsets.of_rt = by_rt ? with_constant_ends(std::move(m.x), std::move(m.y))
                          : PiecewiseLinear({0}, {m.y.front()});
  }

  PpmWindow window_;
  const MassErrorSettings& settings_;
};

Points thinned(std::span<const MassErrorPoint> points) {
  const std::size_t stride = 1 + points.size() / kMaxPoints;
  Points kept;
  for (std::size_t i = 0; i < points.size(); i += stride) kept.push_back(points[i]);
  return kept;
}

// Adds terms one by one, as long as the held-out likelihood rises.
Terms choose_terms(const Points& points, const OffsetFit& fit, const MassErrorSettings& settings) {
  std::array<Points, 2> halves;
  for (const MassErrorPoint& p : points) halves[p.group & 1].push_back(p);
  const std::size_t least = std::min(halves[0].size(), halves[1].size());
  Terms terms;
  double best = fit.held_out(halves, terms);
  const auto try_terms = [&](const Terms& candidate) {
    const double likelihood = fit.held_out(halves, candidate);
    if (likelihood < best + kLeastGain) return;
    best = likelihood;
    terms = candidate;
  };
  if (settings.by_mz && least >= 100) try_terms({terms.by_rt, MzTerm::line});
  if (settings.by_rt && 2 * least >= 3 * settings.points_per_bin) try_terms({true, terms.by_mz});
  if (settings.by_mz && 2 * least >= 3 * settings.points_per_mz_bin)
    try_terms({terms.by_rt, MzTerm::bins});
  return terms;
}

float side_tolerance(double sd, double window_side, const MassErrorSettings& settings) {
  const double least = std::min(settings.min_tolerance_ppm, window_side);
  return static_cast<float>(std::clamp(settings.sigma * sd, least, window_side));
}

// Whether the core is large and distinct enough from the background to justify another offset or a
// narrower tolerance.
bool is_seen(const std::vector<double>& residuals, const MassCore& core, double width,
             const MassErrorSettings& settings) {
  const auto n = static_cast<double>(residuals.size());
  constexpr double kLeastOverUniform = 15;
  return core.share * n >= 2 * static_cast<double>(settings.min_side) &&
         log_likelihood(residuals, core, width) + n * pinned::log(width) >= kLeastOverUniform;
}

MassMethod method_of(const Terms& terms) {
  const bool by_mz = terms.by_mz != MzTerm::none;
  if (terms.by_rt) return by_mz ? MassMethod::drift_and_mz : MassMethod::drift;
  return by_mz ? MassMethod::mz : MassMethod::constant;
}

}  // namespace

MassErrorModel fit_mass_error(std::span<const MassErrorPoint> points, PpmWindow window,
                              const MassErrorSettings& settings) {
  MassErrorModel model;
  model.points = points.size();
  model.tolerance = window;
  model.offset_ppm_of_rt = PiecewiseLinear({0}, {0});
  if (points.size() < settings.min_points) return model;
  const Points kept = thinned(points);
  const OffsetFit fit(window, settings);
  const Terms terms = choose_terms(kept, fit, settings);
  const Offsets offsets = fit.fit(kept, terms);
  const MassCore core = fit.core(kept, offsets);
  if (!is_seen(fit.residuals(kept, offsets), core, fit.width(), settings)) return model;
  model.offset_ppm_of_rt = offsets.of_rt;
  model.offset_ppm_of_mz = offsets.of_mz;
  model.method = method_of(terms);
  model.source = ModelSource::run;
  model.quality = core.share;
  model.sd_ppm = 0.5 * (core.sd_low + core.sd_high);
  model.tolerance = {-side_tolerance(core.sd_low, -static_cast<double>(window.low), settings),
                     side_tolerance(core.sd_high, static_cast<double>(window.high), settings)};
  return model;
}

void correct_mz(const MassErrorModel& model, double rt_minutes, std::span<const float> mz,
                std::span<float> out) {
  const std::span<const double> x = model.offset_ppm_of_mz.knots_x();
  const std::span<const double> y = model.offset_ppm_of_mz.knots_y();
  const std::size_t pieces = x.size() < 2 ? 1 : x.size() - 1;
  const double base = model.offset_at(rt_minutes);
  std::size_t begin = 0;
  for (std::size_t k = 0; k < pieces; ++k) {
    const double slope = x.size() < 2 ? 0 : (y[k + 1] - y[k]) / (x[k + 1] - x[k]);
    const double at_zero = y.empty() ? 0 : y[k] - slope * x[k];
    const auto constant = static_cast<float>(1e-6 * (base + at_zero));
    const auto linear = static_cast<float>(1e-6 * slope);
    const auto end = static_cast<std::size_t>(
        k + 1 == pieces ? mz.end() - mz.begin()
                        : std::lower_bound(mz.begin() + static_cast<std::ptrdiff_t>(begin),
                                           mz.end(), static_cast<float>(x[k + 1])) -
                              mz.begin());
    // Not mz * (1 - correction): floats near 1 are 0.06 ppm apart, so the factor would be rounded.
    for (std::size_t i = begin; i < end; ++i) out[i] = mz[i] - mz[i] * (constant + linear * mz[i]);
    begin = end;
  }
}

}  // namespace overland::calibrate
