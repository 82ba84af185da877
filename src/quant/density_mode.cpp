#include "quant/density_mode.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/pinned_math.h"

namespace overland::quant {
namespace {

constexpr double kRivalDensity = 0.6;
constexpr double kReach = 8;  // log2 units around `expected`; values farther away are ignored
constexpr double kStepsPerWidth = 8;
constexpr double kApart = 4;  // widths; maxima closer than this belong to one cluster

}  // namespace

DensityMode density_mode(std::span<const double> values, double expected, double width) {
  const double step = width / kStepsPerWidth;
  const auto bins = static_cast<std::size_t>(2 * kReach / step) + 1;
  const double first = expected - static_cast<double>(bins / 2) * step;
  std::vector<double> count(bins, 0), density(bins, 0);
  for (const double v : values) {
    const double at = (v - first) / step + 0.5;
    if (at >= 0 && at < static_cast<double>(bins)) count[static_cast<std::size_t>(at)] += 1;
  }
  const int reach = static_cast<int>(3 * kStepsPerWidth);
  std::vector<double> kernel;
  for (int k = -reach; k <= reach; ++k) {
    kernel.push_back(pinned::exp(-0.5 * k * k / (kStepsPerWidth * kStepsPerWidth)));
  }
  for (int i = 0; i < static_cast<int>(bins); ++i) {
    if (count[static_cast<std::size_t>(i)] == 0) continue;
    for (int k = std::max(-reach, -i); k <= std::min(reach, static_cast<int>(bins) - 1 - i); ++k) {
      density[static_cast<std::size_t>(i + k)] +=
          count[static_cast<std::size_t>(i)] * kernel[static_cast<std::size_t>(k + reach)];
    }
  }
  const double densest = *std::max_element(density.begin(), density.end());
  DensityMode best{expected, 0, false};
  double distance = 2 * kReach, lowest = expected + kReach, highest = expected - kReach;
  for (std::size_t i = 1; i + 1 < bins && densest > 0; ++i) {
    const bool is_top = density[i] >= density[i - 1] && density[i] > density[i + 1];
    const double at = first + static_cast<double>(i) * step;
    if (!is_top || density[i] < kRivalDensity * densest) continue;
    lowest = std::min(lowest, at);
    highest = std::max(highest, at);
    if (std::abs(at - expected) >= distance) continue;
    best.at = at;
    best.height = density[i] / static_cast<double>(values.size());
    distance = std::abs(at - expected);
  }
  best.is_ambiguous = highest - lowest > kApart * width;
  return best;
}

}  // namespace overland::quant
