#include "calibrate/mass_core.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/pinned_math.h"

namespace overland::calibrate {
namespace {

constexpr double kRootTwo = 1.4142135623730951;
constexpr double kNormalPeak = 0.3989422804014327;  // 1 / sqrt(2 pi)
constexpr double kLeastSd = 0.05;                   // ppm; about the rounding error of float m/z
constexpr int kIterations = 60;

// Each side has the density of the full symmetric distribution with its SD, and so half the mass.
double core_density(const MassCore& core, double ppm) {
  const double d = ppm - core.center;
  const double sd = d < 0 ? core.sd_low : core.sd_high;
  if (core.is_laplace) return pinned::exp(-kRootTwo * std::abs(d) / sd) / (kRootTwo * sd);
  return kNormalPeak / sd * pinned::exp(-0.5 * d * d / (sd * sd));
}

// Histogram of the errors in narrow cells, so that the cost of a fit does not grow with their
// number.
struct Histogram {
  static constexpr std::size_t kCells = 400;
  double low = 0, step = 1, total = 0;
  std::vector<double> count = std::vector<double>(kCells, 0.0);
  [[nodiscard]] double middle(std::size_t cell) const {
    return low + (static_cast<double>(cell) + 0.5) * step;
  }
};

Histogram count_errors(std::span<const double> ppm) {
  Histogram h;
  const auto [low, high] = std::minmax_element(ppm.begin(), ppm.end());
  h.low = *low;
  h.step = std::max((*high - *low) / static_cast<double>(Histogram::kCells), 1e-6);
  for (const double x : ppm) {
    const auto cell = static_cast<std::size_t>((x - h.low) / h.step);
    h.count[std::min(cell, Histogram::kCells - 1)] += 1;
  }
  h.total = static_cast<double>(ppm.size());
  return h;
}

// Initial core: the centre of the shortest interval that contains 30 % of the errors, which is
// close to the core for any share of background.
MassCore start(const Histogram& h) {
  std::size_t best = 0, length = Histogram::kCells, first = 0;
  double held = 0;
  for (std::size_t last = 0; last < Histogram::kCells; ++last) {
    held += h.count[last];
    while (held - h.count[first] >= 0.3 * h.total) held -= h.count[first++];
    if (held >= 0.3 * h.total && last + 1 - first < length) {
      length = last + 1 - first;
      best = first;
    }
  }
  MassCore core;
  const double width = static_cast<double>(length) * h.step;
  core.center = h.low + static_cast<double>(best) * h.step + 0.5 * width;
  // 30 % of a normal distribution lie within 0.385 standard deviations of its mean.
  core.sd_low = core.sd_high = std::max(width / 0.77, 0.3);
  core.share = 0.7;
  return core;
}

double weighted_median(const Histogram& h, std::span<const double> weight, double total) {
  double sum = 0;
  for (std::size_t i = 0; i < weight.size(); ++i) {
    if (sum + weight[i] >= 0.5 * total) {
      const double inside = weight[i] > 0 ? (0.5 * total - sum) / weight[i] : 0.5;
      return h.low + (static_cast<double>(i) + inside) * h.step;
    }
    sum += weight[i];
  }
  return h.middle(weight.size() - 1);
}

// One step of expectation (weight of each cell in the core) and maximisation; false if the core
// vanishes.
bool improve(const Histogram& h, double background, std::vector<double>& weight, MassCore& core) {
  double total = 0;
  for (std::size_t i = 0; i < weight.size(); ++i) {
    weight[i] = 0;
    if (h.count[i] == 0) continue;
    const double density = core.share * core_density(core, h.middle(i));
    weight[i] = h.count[i] * density / (density + (1 - core.share) * background + 1e-300);
    total += weight[i];
  }
  if (total < 5) return false;
  core.center = weighted_median(h, weight, total);
  double spread[2] = {0, 0};
  double mass[2] = {0, 0};
  for (std::size_t i = 0; i < weight.size(); ++i) {
    const double d = h.middle(i) - core.center;
    const int side = d < 0 ? 0 : 1;
    spread[side] += weight[i] * (core.is_laplace ? kRootTwo * std::abs(d) : d * d);
    mass[side] += weight[i];
  }
  for (int side = 0; side < 2; ++side) {
    const double mean = mass[side] > 0 ? spread[side] / mass[side] : 0;
    (side == 0 ? core.sd_low : core.sd_high) =
        std::max(core.is_laplace ? mean : std::sqrt(mean), kLeastSd);
  }
  core.share = std::clamp(total / h.total, 0.02, 0.999);
  return true;
}

double log_likelihood(const Histogram& h, const MassCore& core, double window_width) {
  double sum = 0;
  for (std::size_t i = 0; i < Histogram::kCells; ++i)
    if (h.count[i] > 0) sum += h.count[i] * core.log_density(h.middle(i), window_width);
  return sum;
}

bool is_settled(const MassCore& a, const MassCore& b) {
  constexpr double kPpm = 1e-3;
  return std::abs(a.center - b.center) < kPpm && std::abs(a.sd_low - b.sd_low) < kPpm &&
         std::abs(a.sd_high - b.sd_high) < kPpm && std::abs(a.share - b.share) < 1e-4;
}

}  // namespace

double MassCore::log_density(double ppm, double window_width) const {
  return pinned::log(share * core_density(*this, ppm) + (1 - share) / window_width + 1e-300);
}

MassCore fit_mass_core(std::span<const double> ppm, PpmWindow window) {
  const double width = static_cast<double>(window.high) - static_cast<double>(window.low);
  if (ppm.size() < 2) return {};
  const Histogram errors = count_errors(ppm);
  std::vector<double> weight(Histogram::kCells);
  MassCore best;
  double best_likelihood = 0;
  for (const bool is_laplace : {false, true}) {
    MassCore core = start(errors);
    core.is_laplace = is_laplace;
    for (int i = 0; i < kIterations; ++i) {
      const MassCore before = core;
      if (!improve(errors, 1 / width, weight, core) || is_settled(before, core)) break;
    }
    const double likelihood = log_likelihood(errors, core, width);
    if (is_laplace && likelihood <= best_likelihood) continue;
    best = core;
    best_likelihood = likelihood;
  }
  return best;
}

double log_likelihood(std::span<const double> ppm, const MassCore& core, double window_width) {
  double sum = 0;
  for (const double x : ppm) sum += core.log_density(x, window_width);
  return sum;
}

}  // namespace overland::calibrate
