#include "kernel/peak_groups.h"

#include <algorithm>
#include <cmath>

#include "base/pinned_math.h"
#include "kernel/spectral_scores.h"

namespace overland::kernel {
namespace {

using Spectrum = std::array<float, kTraceFragments>;
constexpr std::uint32_t kMaxHalfWidth = 12;  // scans
constexpr float kEdgeFraction = 0.25F;       // of the apex, on the square-root scale
constexpr float kAllowedRise = 1.3F;         // factor over the running minimum that sets a limit

float log2_of(float x) {
  return static_cast<float>(pinned::log2(static_cast<double>(x)));
}

// Observed spectrum around scan k, weights 1 2 1; scans outside the interval count as empty.
Spectrum summed_spectrum(const TraceView& trace, std::size_t k) {
  Spectrum sum{};
  const std::size_t first = k == 0 ? 0 : k - 1;
  const std::size_t last = std::min(k + 1, trace.scan_count() - 1);
  for (std::size_t scan = first; scan <= last; ++scan) {
    const float factor = scan == k ? 2.0F : 1.0F;
    for (std::size_t f = 0; f < trace.predicted.size(); ++f) sum[f] += factor * trace.at(scan, f);
  }
  return sum;
}

int matched_around(const TraceView& trace, std::size_t k) {
  int total = trace.matched[k];
  if (k > 0) total += trace.matched[k - 1];
  if (k + 1 < trace.scan_count()) total += trace.matched[k + 1];
  return total;
}

float match_score_at(const TraceView& trace, std::size_t k, std::uint8_t min_matched) {
  if (matched_around(trace, k) < min_matched) return 0;
  const Spectrum sum = summed_spectrum(trace, k);
  const std::size_t n = trace.predicted.size();
  const auto seen = std::count_if(sum.begin(), sum.begin() + static_cast<std::ptrdiff_t>(n),
                                  [](float x) { return x > 0; });
  if (seen < min_matched) return 0;
  const float similarity = sqrt_cosine(trace.predicted, std::span(sum).first(n));
  return similarity * similarity * static_cast<float>(seen);
}

// sum sqrt(h x): large where many fragments appear in the predicted proportions.
float matched_filter(const TraceView& trace, std::size_t k) {
  float sum = 0;
  for (std::size_t f = 0; f < trace.predicted.size(); ++f) {
    sum += std::sqrt(trace.predicted[f] * trace.at(k, f));
  }
  return sum;
}

// Climbs to the top of the peak from the scan that is most similar to the library, which may lie on
// a flank of a saturated or shared peak.
std::uint32_t climb(const TraceView& trace, std::uint32_t start) {
  std::uint32_t apex = start;
  float top = matched_filter(trace, apex);
  for (std::uint32_t step = 0; step < kMaxHalfWidth; ++step) {
    const float before = apex > 0 ? matched_filter(trace, apex - 1) : 0;
    const float after = apex + 1 < trace.scan_count() ? matched_filter(trace, apex + 1) : 0;
    if (std::max(before, after) <= top) break;
    apex = before > after ? apex - 1 : apex + 1;
    top = std::max(before, after);
  }
  return apex;
}

// Walks from the apex in one direction until the signal is small or rises again.
std::uint32_t find_limit(const TraceView& trace, std::uint32_t apex, int direction) {
  const float top = matched_filter(trace, apex);
  float lowest = top;
  std::uint32_t limit = apex;
  for (std::uint32_t step = 1; step <= kMaxHalfWidth; ++step) {
    const auto k = static_cast<std::int64_t>(apex) + direction * static_cast<std::int64_t>(step);
    if (k < 0 || k >= static_cast<std::int64_t>(trace.scan_count())) break;
    const float y = matched_filter(trace, static_cast<std::size_t>(k));
    if (y > kAllowedRise * lowest) break;
    if (y < lowest) {
      lowest = y;
      limit = static_cast<std::uint32_t>(k);
    }
    if (y < kEdgeFraction * top) break;
  }
  return limit;
}

// Match scores of the scans around a scan, indexed by scan modulo the length of the ring; 0 outside
// the interval.
using EvidenceRing = std::array<float, 2 * kGroupSeparation + 1>;

// Whether no scan within kGroupSeparation has a higher match score; of equal scans the first
// counts.
bool is_summit(const EvidenceRing& ring, std::size_t k) {
  const float own = ring[k % ring.size()];
  if (!(own > 0)) return false;
  for (std::size_t d = 1; d <= kGroupSeparation; ++d) {
    if (ring[(k + ring.size() - d) % ring.size()] >= own) return false;
    if (ring[(k + d) % ring.size()] > own) return false;
  }
  return true;
}

// Of groups that climbed to the same apex the better is kept; of equal groups the first.
void insert_group(PeakGroups& groups, PeakGroup candidate) {
  const auto begin = groups.group.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(groups.count);
  const auto same =
      std::find_if(begin, end, [&](const PeakGroup& g) { return g.apex == candidate.apex; });
  if (same != end) {
    if (same->match_score >= candidate.match_score) return;
    std::copy(same + 1, end, same);
    --groups.count;
  }
  std::size_t place = groups.count;
  while (place > 0 && groups.group[place - 1].match_score < candidate.match_score) --place;
  if (place == kMaxPeakGroups) return;
  groups.count = std::min(groups.count + 1, kMaxPeakGroups);
  for (std::size_t i = groups.count - 1; i > place; --i) groups.group[i] = groups.group[i - 1];
  groups.group[place] = candidate;
}

}  // namespace

PeakGroups find_peak_groups(const TraceView& trace, const GroupSearch& search) {
  PeakGroups groups;
  EvidenceRing ring{};
  const std::size_t n = trace.scan_count();
  for (std::uint32_t next = 0; next < n + kGroupSeparation; ++next) {
    ring[next % ring.size()] = next < n ? match_score_at(trace, next, search.min_matched) : 0;
    if (next < kGroupSeparation) continue;
    const std::uint32_t k = next - kGroupSeparation;
    const float match_score = ring[k % ring.size()];
    if (match_score < search.min_match_score || !is_summit(ring, k)) continue;
    insert_group(groups, {climb(trace, k), k, k, match_score});
  }
  while (groups.count > 0 && groups.group[groups.count - 1].match_score < search.floor) {
    groups.left_out = groups.group[--groups.count].match_score;
  }
  for (std::size_t i = 0; i < groups.count; ++i) {
    PeakGroup& group = groups.group[i];
    group.left = find_limit(trace, group.apex, -1);
    group.right = find_limit(trace, group.apex, +1);
  }
  return groups;
}

namespace {

constexpr std::size_t kMaxProfile = 2 * kMaxHalfWidth + 3;

// The profiles of a group on the square-root scale (which stabilises the variance of ion counts),
// over its scans and one more on either side.
struct Profiles {
  std::size_t length = 0;
  std::size_t apex = 0;
  std::array<float, kMaxProfile> total{};                                  // matched filter
  std::array<std::array<float, kMaxProfile>, kTraceFragments> fragment{};  // sqrt(h x)
  std::array<float, kMaxProfile> weight{};
};

Profiles make_profiles(const TraceView& trace, const PeakGroup& group) {
  Profiles p;
  const std::size_t first = group.left > 0 ? group.left - 1 : 0;
  const std::size_t last = std::min<std::size_t>(group.right + 1, trace.scan_count() - 1);
  p.length = last - first + 1;
  p.apex = group.apex - first;
  for (std::size_t i = 0; i < p.length; ++i) {
    p.weight[i] = std::sqrt(trace.points[first + i].weight);
    for (std::size_t f = 0; f < trace.predicted.size(); ++f) {
      p.fragment[f][i] = std::sqrt(trace.predicted[f] * trace.at(first + i, f));
      p.total[i] += p.fragment[f][i];
    }
  }
  return p;
}

void score_coelution(const TraceView& trace, const Profiles& p, GroupScores& scores) {
  const std::size_t n = trace.predicted.size();
  std::array<float, kTraceFragments> correlation{};
  std::array<float, kMaxProfile> others{};
  float weighted = 0;
  float weights = 0;
  for (std::size_t f = 0; f < n; ++f) {
    const auto own = std::span(p.fragment[f]).first(p.length);
    for (std::size_t i = 0; i < p.length; ++i) others[i] = p.total[i] - own[i];
    correlation[f] = pearson(own, std::span(others).first(p.length));
    weighted += trace.predicted[f] * correlation[f];
    weights += trace.predicted[f];
    scores.coeluting += correlation[f] > 0.7F ? 1.0F : 0.0F;
    if (f < 6) scores.coelution += correlation[f] / static_cast<float>(std::min<std::size_t>(n, 6));
  }
  scores.coelution_weighted = weights > 0 ? weighted / weights : 0;
  std::sort(correlation.begin(), correlation.begin() + static_cast<std::ptrdiff_t>(n),
            std::greater<>());
  const std::size_t best = std::min<std::size_t>(n, 3);
  for (std::size_t f = 0; f < best; ++f) {
    scores.coelution_best3 += correlation[f] / static_cast<float>(best);
  }
}

void score_spectrum(const TraceView& trace, const PeakGroup& group, GroupScores& scores) {
  const std::size_t n = trace.predicted.size();
  Spectrum area{};
  for (std::size_t k = group.left; k <= group.right; ++k) {
    for (std::size_t f = 0; f < n; ++f) area[f] += trace.at(k, f);
  }
  const auto observed = std::span<const float>(area).first(n);
  scores.sqrt_cosine = sqrt_cosine(trace.predicted, observed);
  scores.entropy = entropy_similarity(trace.predicted, observed);
  scores.manhattan = manhattan_similarity(trace.predicted, observed);
  float total = 0;
  for (const float x : observed) total += x;
  scores.log_intensity = log2_of(1 + total);
  const Spectrum apex = summed_spectrum(trace, group.apex);
  scores.apex_cosine = sqrt_cosine(trace.predicted, std::span<const float>(apex).first(n));
  for (std::size_t f = 0; f < n; ++f) {
    if (apex[f] > 0) {
      scores.matched += 1;
      scores.matched_top6 += f < 6 ? 1.0F : 0.0F;
      scores.matched_fraction += trace.predicted[f];
    } else {
      scores.largest_missing = std::max(scores.largest_missing, trace.predicted[f]);
    }
  }
}

void score_fit(const TraceView& trace, const PeakGroup& group, GroupScores& scores) {
  float largest = 0;
  float cosine_sum = 0;
  float weight_sum = 0;
  for (std::size_t k = group.left; k <= group.right; ++k) {
    largest = std::max(largest, trace.points[k].weight);
    cosine_sum += trace.points[k].weight * trace.points[k].fitted_cosine;
    weight_sum += trace.points[k].weight;
  }
  scores.log_weight = log2_of(1 + largest);
  scores.mean_fitted_cosine = weight_sum > 0 ? cosine_sum / weight_sum : 0;
  const std::size_t first = group.apex > 0 ? group.apex - 1 : 0;
  const std::size_t last = std::min<std::size_t>(group.apex + 1, trace.scan_count() - 1);
  float best_weight = 0;
  float residual = 100;
  for (std::size_t k = first; k <= last; ++k) {
    const PointScores& point = trace.points[k];
    scores.fitted_cosine = std::max(scores.fitted_cosine, point.fitted_cosine);
    if (point.weight > 0) residual = std::min(residual, point.residual_fraction);
    if (point.weight > best_weight) {
      best_weight = point.weight;
      scores.purity = point.purity;
    }
  }
  scores.log_residual = log2_of(residual + 1e-3F);
}

void score_shape(const Profiles& p, GroupScores& scores) {
  const float top = std::max(p.total[p.apex], 1e-20F);
  for (std::size_t i = 0; i < p.length; ++i) {
    scores.width += p.total[i] > 0.70710678F * top ? 1.0F : 0.0F;  // half of the intensity
    if (i > 0 && i + 1 < p.length) {
      scores.roughness += std::abs(p.total[i - 1] - 2 * p.total[i] + p.total[i + 1]) / top /
                          static_cast<float>(p.length);
    }
  }
  scores.edge_ratio = std::min((p.total[0] + p.total[p.length - 1]) / (2 * top), 2.0F);
  scores.weight_correlation =
      pearson(std::span(p.weight).first(p.length), std::span(p.total).first(p.length));
}

}  // namespace

GroupScores score_group(const TraceView& trace, const PeakGroup& group, float rival_match_score) {
  GroupScores scores;
  const Profiles profiles = make_profiles(trace, group);
  score_coelution(trace, profiles, scores);
  score_spectrum(trace, group, scores);
  score_fit(trace, group, scores);
  score_shape(profiles, scores);
  scores.match_score = group.match_score;
  scores.match_score_margin = group.match_score - rival_match_score;
  return scores;
}

}  // namespace overland::kernel
