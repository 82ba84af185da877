#include "kernel/integrate_peak.h"

#include <algorithm>

namespace overland::kernel {
namespace {

std::uint32_t find_apex(std::span<const double> z, std::uint32_t start, std::uint32_t shift) {
  const std::uint32_t first = start > shift ? start - shift : 0;
  const std::uint32_t last =
      std::min<std::uint32_t>(start + shift, static_cast<std::uint32_t>(z.size()) - 1);
  std::uint32_t apex = first;
  for (std::uint32_t i = first; i <= last; ++i) {
    if (z[i] > z[apex]) apex = i;
  }
  while (apex > 0 && z[apex - 1] > z[apex]) --apex;
  while (apex + 1 < z.size() && z[apex + 1] > z[apex]) ++apex;
  return apex;
}

std::uint32_t find_limit(std::span<const double> z, std::uint32_t apex, int direction,
                         const LimitSettings& settings) {
  std::uint32_t limit = apex;
  for (auto i = static_cast<std::int64_t>(apex) + direction;
       i >= 0 && i < static_cast<std::int64_t>(z.size()); i += direction) {
    const double value = z[static_cast<std::size_t>(i)];
    if (value > settings.allowed_rise * z[limit]) break;
    if (value <= z[limit]) limit = static_cast<std::uint32_t>(i);
    if (value < settings.edge_fraction * z[apex]) break;
  }
  return limit;
}

// Time between the two crossings of half the height, by linear interpolation; at a limit that is
// still above half, the limit itself.
double full_width_at_half_maximum(std::span<const double> t, std::span<const double> z,
                                  const IntegratedPeak& peak) {
  const double half = z[peak.apex] / 2;
  std::uint32_t i = peak.apex;
  while (i > peak.left && z[i - 1] > half) --i;
  const double low =
      i == peak.left ? t[i] : t[i - 1] + (t[i] - t[i - 1]) * (half - z[i - 1]) / (z[i] - z[i - 1]);
  i = peak.apex;
  while (i < peak.right && z[i + 1] > half) ++i;
  const double high =
      i == peak.right ? t[i] : t[i] + (t[i + 1] - t[i]) * (z[i] - half) / (z[i] - z[i + 1]);
  return high - low;
}

double trapezoid_area(std::span<const double> t, std::span<const double> z,
                      const IntegratedPeak& peak) {
  if (peak.left == peak.right) {
    const double before = peak.left > 0 ? t[peak.left] - t[peak.left - 1] : 0;
    const double after = peak.left + 1 < t.size() ? t[peak.left + 1] - t[peak.left] : 0;
    return z[peak.apex] * (before + after) / 2;
  }
  double area = 0;
  for (std::uint32_t k = peak.left; k < peak.right; ++k) {
    area += (t[k + 1] - t[k]) * (z[k] + z[k + 1]) / 2;
  }
  return area;
}

}  // namespace

IntegratedPeak integrate_peak(std::span<const double> rt_minutes, std::span<const double> raw,
                              std::span<const double> smoothed, std::uint32_t start,
                              const LimitSettings& settings) {
  IntegratedPeak peak;
  if (raw.empty() || std::none_of(raw.begin(), raw.end(), [](double y) { return y > 0; })) {
    return peak;
  }
  start = std::min(start, static_cast<std::uint32_t>(raw.size()) - 1);
  peak.apex = find_apex(smoothed, start, settings.apex_shift);
  peak.left = peak.right = peak.apex;
  peak.height = smoothed[peak.apex];
  if (!(peak.height > 0)) {
    peak.status = QuantityStatus::apex_lost;
    return peak;
  }
  peak.left = find_limit(smoothed, peak.apex, -1, settings);
  peak.right = find_limit(smoothed, peak.apex, +1, settings);
  peak.area = trapezoid_area(rt_minutes, smoothed, peak);
  peak.fwhm_minutes = full_width_at_half_maximum(rt_minutes, smoothed, peak);
  for (std::uint32_t k = peak.left; k <= peak.right; ++k) peak.points += raw[k] > 0 ? 1U : 0U;
  peak.status = peak.area > 0 ? QuantityStatus::ok : QuantityStatus::apex_lost;
  return peak;
}

}  // namespace overland::kernel
