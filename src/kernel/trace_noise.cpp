#include "kernel/trace_noise.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/robust_statistics.h"

namespace overland::kernel {
namespace {

constexpr std::size_t kMinForLine = 40;
constexpr std::size_t kBins = 20;

struct Relative {
  double counting = 0;   // counting / square
  double roughness = 0;  // roughness / square
};

NoiseModel gain_alone(const std::vector<Relative>& peaks) {
  std::vector<double> ratios;
  for (const Relative& p : peaks) ratios.push_back(p.roughness / p.counting);
  return {median_of(std::move(ratios)), 0};
}

// Medians of the bin [first, last).
Relative bin_of(const std::vector<Relative>& peaks, std::size_t first, std::size_t last) {
  std::vector<double> x, y;
  for (std::size_t i = first; i < last; ++i) {
    x.push_back(peaks[i].counting);
    y.push_back(peaks[i].roughness);
  }
  return {median_of(std::move(x)), median_of(std::move(y))};
}

}  // namespace

NoiseModel fit_noise(std::span<const PeakRoughness> peaks) {
  std::vector<Relative> all;
  all.reserve(peaks.size());
  for (const PeakRoughness& p : peaks) {
    if (p.square > 0 && p.counting > 0)
      all.push_back({p.counting / p.square, p.roughness / p.square});
  }
  if (all.empty()) return {};
  if (all.size() < kMinForLine) return gain_alone(all);
  std::sort(all.begin(), all.end(),
            [](const Relative& a, const Relative& b) { return a.counting < b.counting; });
  // y = cv^2 + gain x, where each bin has the same relative error.
  double w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;
  for (std::size_t b = 0; b < kBins; ++b) {
    const Relative bin = bin_of(all, b * all.size() / kBins, (b + 1) * all.size() / kBins);
    if (!(bin.roughness > 0)) continue;
    const double weight = 1 / (bin.roughness * bin.roughness);
    w += weight;
    wx += weight * bin.counting;
    wy += weight * bin.roughness;
    wxx += weight * bin.counting * bin.counting;
    wxy += weight * bin.counting * bin.roughness;
  }
  const double spread = w * wxx - wx * wx;
  if (!(spread > 0)) return gain_alone(all);
  const double gain = (w * wxy - wx * wy) / spread;
  const double offset = (wy - gain * wx) / w;
  if (!(gain > 0)) return {0, std::sqrt(wy / w)};
  if (!(offset > 0)) return {wxy / wxx, 0};
  return {gain, std::sqrt(offset)};
}

}  // namespace overland::kernel
