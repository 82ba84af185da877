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

// For each interval [t[k], t[k+1]] that overlaps the range between the limits: the coefficients of
// z[k] and z[k+1] in the integral of the line between them.
template <class Visit>
void for_each_piece(std::span<const double> t, const IntegratedPeak& peak, const Visit& visit) {
  const std::size_t first = peak.left > 0 ? peak.left - 1 : 0;
  for (std::size_t k = first; k + 1 < t.size() && t[k] < peak.stop_minutes; ++k) {
    const double h = t[k + 1] - t[k];
    const double begin = std::clamp((peak.start_minutes - t[k]) / h, 0.0, 1.0);
    const double end = std::clamp((peak.stop_minutes - t[k]) / h, 0.0, 1.0);
    if (end <= begin) continue;
    const double second = h * (end * end - begin * begin) / 2;
    visit(k, h * (end - begin) - second, second);
  }
}

// Time between the two crossings of half the height, by linear interpolation. If the curve is still
// above half the height at a limit, the limit is used.
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

// The line through the lowest points left and right of the apex. If one of them is the apex itself,
// a constant at the value of the other.
struct Line {
  double t0 = 0, z0 = 0, slope = 0;
  [[nodiscard]] double at(double t) const { return z0 + slope * (t - t0); }
};

Line lowest_line(std::span<const double> t, std::span<const double> z, const IntegratedPeak& peak) {
  std::uint32_t low = peak.left;
  std::uint32_t high = peak.right;
  for (std::uint32_t k = peak.left; k <= peak.apex; ++k) low = z[k] < z[low] ? k : low;
  for (std::uint32_t k = peak.apex; k <= peak.right; ++k) high = z[k] < z[high] ? k : high;
  if (low == high) return {};
  if (low == peak.apex) return {t[high], z[high], 0};
  if (high == peak.apex) return {t[low], z[low], 0};
  return {t[low], z[low], (z[high] - z[low]) / (t[high] - t[low])};
}

// Area of the piecewise linear curve through max(0, z - line), between the exact limits.
double area_above(std::span<const double> t, std::span<const double> z, const IntegratedPeak& peak,
                  const Line& line) {
  const auto height = [&](std::size_t k) { return std::max(0.0, z[k] - line.at(t[k])); };
  if (peak.start_minutes == peak.stop_minutes) {
    const double before = peak.apex > 0 ? t[peak.apex] - t[peak.apex - 1] : 0;
    const double after = peak.apex + 1 < t.size() ? t[peak.apex + 1] - t[peak.apex] : 0;
    return height(peak.apex) * (before + after) / 2;
  }
  double area = 0;
  for_each_piece(t, peak, [&](std::size_t k, double first, double second) {
    area += first * height(k) + second * height(k + 1);
  });
  return area;
}

std::uint32_t nearest_point(std::span<const double> t, double time) {
  const auto above = std::lower_bound(t.begin(), t.end(), time) - t.begin();
  const auto i = static_cast<std::uint32_t>(above);
  if (i == t.size()) return i - 1;
  return i > 0 && time - t[i - 1] <= t[i] - time ? i - 1 : i;
}

// Excludes the signal of a neighbouring peak that the height criteria did not separate.
void cut_far_limits(std::span<const double> t, double farthest, IntegratedPeak& peak) {
  if (!(farthest > 0)) return;
  if (t[peak.apex] - peak.start_minutes > farthest) {
    peak.start_minutes = t[peak.apex] - farthest;
    peak.left = std::min(peak.apex, nearest_point(t, peak.start_minutes));
  }
  if (peak.stop_minutes - t[peak.apex] > farthest) {
    peak.stop_minutes = t[peak.apex] + farthest;
    peak.right = std::max(peak.apex, nearest_point(t, peak.stop_minutes));
  }
}

void find_limits(std::span<const double> t, std::span<const double> z,
                 const LimitSettings& settings, IntegratedPeak& peak) {
  if (settings.before_apex > 0 || settings.after_apex > 0) {
    peak.start_minutes = std::max(t.front(), t[peak.apex] - settings.before_apex);
    peak.stop_minutes = std::min(t.back(), t[peak.apex] + settings.after_apex);
    peak.left = std::min(peak.apex, nearest_point(t, peak.start_minutes));
    peak.right = std::max(peak.apex, nearest_point(t, peak.stop_minutes));
    return;
  }
  peak.left = find_limit(z, peak.apex, -1, settings);
  peak.right = find_limit(z, peak.apex, +1, settings);
  peak.start_minutes = t[peak.left];
  peak.stop_minutes = t[peak.right];
  cut_far_limits(t, settings.farthest_minutes, peak);
}

}  // namespace

void area_coefficients(std::span<const double> rt_minutes, const IntegratedPeak& peak,
                       std::span<double> c) {
  std::fill(c.begin(), c.end(), 0);
  if (peak.status != QuantityStatus::ok) return;
  if (peak.start_minutes == peak.stop_minutes) {
    c[peak.apex] = peak.height > 0 ? peak.area / peak.height : 0;
    return;
  }
  for_each_piece(rt_minutes, peak, [&](std::size_t k, double first, double second) {
    c[k] += first;
    c[k + 1] += second;
  });
}

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
  find_limits(rt_minutes, smoothed, settings, peak);
  const bool has_line = settings.baseline == Baseline::line;
  peak.area = area_above(rt_minutes, smoothed, peak,
                         has_line ? lowest_line(rt_minutes, smoothed, peak) : Line{});
  peak.fwhm_minutes = full_width_at_half_maximum(rt_minutes, smoothed, peak);
  for (std::uint32_t k = peak.left; k <= peak.right; ++k) peak.points += raw[k] > 0 ? 1U : 0U;
  peak.status = peak.area > 0 ? QuantityStatus::ok : QuantityStatus::apex_lost;
  return peak;
}

}  // namespace overland::kernel
