#include "scoring/entrapment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <tuple>

#include "base/parallel.h"
#include "base/rng.h"

namespace overland::scoring {
namespace {

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

using Counts = AuditCounts;
using Step = AuditSteps::Step;

ProportionBounds bounds_of(const Counts& counts, const AuditSettings& settings) {
  const auto all = static_cast<double>(counts.targets + counts.entrapments);
  const auto part = [&](double false_ones) {
    return all > 0 ? std::min(1.0, false_ones / all) : 0.0;
  };
  const auto entrapments = static_cast<double>(counts.entrapments);
  return {.lower_bound = part(entrapments),
          .combined =
              settings.has_upper_bound ? part(entrapments * (1 + 1 / settings.ratio)) : kNotANumber,
          .paired = settings.is_paired && settings.has_upper_bound
                        ? part(entrapments + static_cast<double>(counts.extra))
                        : kNotANumber};
}

// Poisson variate with mean 1 from 16 random bits.
std::int64_t poisson_weight(std::uint32_t bits) {
  constexpr std::array<std::uint32_t, 7> kCumulative{24109, 48219, 60273, 64292,
                                                     65296, 65497, 65531};
  std::int64_t weight = 0;
  while (weight < 7 && bits >= kCumulative[static_cast<std::size_t>(weight)]) ++weight;
  return weight;
}

// Counts at each threshold, with one random weight per cluster; all weights are 1 without `rng`.
std::vector<Counts> weighted_counts(const std::vector<Step>& steps, std::size_t thresholds,
                                    const Rng* rng) {
  std::vector<Counts> counts(thresholds);
  Rng stream = rng != nullptr ? *rng : Rng(0, 0);
  std::int64_t weight = 1;
  std::uint64_t bits = 0;
  int left = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (rng != nullptr && (i == 0 || steps[i].cluster != steps[i - 1].cluster)) {
      if (left == 0) bits = stream.next();
      left = left == 0 ? 3 : left - 1;
      weight = poisson_weight(static_cast<std::uint32_t>(bits & 0xFFFFU));
      bits >>= 16;
    }
    Counts& at = counts[steps[i].at];
    at.targets += weight * steps[i].change.targets;
    at.entrapments += weight * steps[i].change.entrapments;
    at.extra += weight * steps[i].change.extra;
  }
  for (std::size_t t = 1; t < thresholds; ++t) counts[t] += counts[t - 1];
  return counts;
}

struct Interval {
  double low, high;
};

Interval interval_of(std::vector<double>& values) {
  if (values.empty() || std::isnan(values.front())) return {kNotANumber, kNotANumber};
  std::ranges::sort(values);
  const auto last = static_cast<double>(values.size() - 1);
  return {values[static_cast<std::size_t>(0.025 * last)],
          values[static_cast<std::size_t>(std::ceil(0.975 * last))]};
}

using Resamples = std::vector<std::vector<Counts>>;

void set_interval(const Resamples& resamples, std::size_t t, const AuditSettings& settings,
                  double ProportionBounds::* bound, AuditPoint& point) {
  std::vector<double> values;
  values.reserve(resamples.size());
  for (const auto& counts : resamples) values.push_back(bounds_of(counts[t], settings).*bound);
  const Interval interval = interval_of(values);
  point.low.*bound = interval.low;
  point.high.*bound = interval.high;
}

// Zero entrapments observed: the exact Poisson 97.5 % upper limit is 3.69. Without accepted targets
// the bound is undefined (NaN).
ProportionBounds limit_of_none(const AuditPoint& point, const AuditSettings& settings) {
  constexpr double kNone = 3.69;
  if (point.targets == 0) return {kNotANumber, kNotANumber, kNotANumber};
  const double share = std::min(1.0, kNone / static_cast<double>(point.targets));
  ProportionBounds limit{.lower_bound = share, .combined = kNotANumber, .paired = kNotANumber};
  if (!settings.has_upper_bound) return limit;
  limit.combined = std::min(1.0, share * (1 + 1 / settings.ratio));
  if (settings.is_paired) limit.paired = std::min(1.0, 2 * share);
  return limit;
}

}  // namespace

AuditCounts& AuditCounts::operator+=(const AuditCounts& other) {
  targets += other.targets;
  entrapments += other.entrapments;
  extra += other.extra;
  return *this;
}

void AuditSteps::add(std::vector<AuditRow> rows) {
  std::ranges::sort(rows, {}, [](const AuditRow& r) {
    return std::tuple(r.cluster, r.run, r.is_entrapment, r.q_value, -r.score);
  });
  for (std::size_t i = 0; i < rows.size();) {
    const std::size_t first = i;
    const AuditRow& r = rows[first];
    while (i < rows.size() && rows[i].cluster == r.cluster && rows[i].run == r.run) ++i;
    add_pair(std::span(rows).subspan(first, i - first));
  }
  constexpr std::size_t kFewSteps = 1 << 14;
  if (steps_.size() > 2 * compacted_ + kFewSteps) compact();
}

// `rows`: all rows of one cluster in one run, targets first.
void AuditSteps::add_pair(std::span<const AuditRow> rows) {
  const auto end = static_cast<std::uint32_t>(thresholds_.size());
  const auto place = [&](double q) {
    return static_cast<std::uint32_t>(std::ranges::lower_bound(thresholds_, q) -
                                      thresholds_.begin());
  };
  const AuditRow* target = rows.front().is_entrapment ? nullptr : &rows.front();
  const std::uint32_t partner_at = target == nullptr ? end : place(target->q_value);
  for (const AuditRow& row : rows) {
    const std::uint32_t at = place(row.q_value);
    if (at == end) continue;
    if (!row.is_entrapment) {
      steps_.push_back({row.cluster, at, {1, 0, 0}});
      continue;
    }
    steps_.push_back({row.cluster, at, {0, 1, at < partner_at ? 1 : 0}});
    if (partner_at == end) continue;
    // Once both are accepted, the pair no longer counts in N_a, and counts in N_b if the
    // entrapment scores at least as high.
    const bool is_higher = row.score >= target->score;
    const std::int64_t change = (is_higher ? 2 : 0) - (at < partner_at ? 1 : 0);
    steps_.push_back({row.cluster, std::max(at, partner_at), {0, 0, change}});
  }
}

// Merges steps, so that one remains per cluster and threshold, by cluster and threshold.
void AuditSteps::compact() {
  std::ranges::sort(steps_, {}, [](const Step& s) { return std::tuple(s.cluster, s.at); });
  std::size_t kept = 0;
  for (const Step step : steps_) {  // copied, because earlier elements are overwritten
    const bool is_same =
        kept > 0 && steps_[kept - 1].cluster == step.cluster && steps_[kept - 1].at == step.at;
    if (is_same) {
      steps_[kept - 1].change += step.change;
    } else {
      steps_[kept++] = step;
    }
  }
  steps_.resize(kept);
  compacted_ = kept;
}

std::vector<AuditPoint> audit_curve(std::vector<AuditRow> rows, std::span<const double> thresholds,
                                    const AuditSettings& settings) {
  AuditSteps steps(thresholds);
  steps.add(std::move(rows));
  return steps.curve(settings);
}

std::vector<AuditPoint> AuditSteps::curve(const AuditSettings& settings) {
  compact();
  const std::vector<Counts> seen = weighted_counts(steps_, thresholds_.size(), nullptr);
  Resamples resamples(static_cast<std::size_t>(settings.resamples));
  parallel_for(resamples.size(), settings.machine, [&](std::size_t i, int) {
    const Rng rng(settings.seed, i);
    resamples[i] = weighted_counts(steps_, thresholds_.size(), &rng);
  });
  std::vector<AuditPoint> points;
  for (std::size_t t = 0; t < thresholds_.size(); ++t) {
    AuditPoint point{.q_value = thresholds_[t],
                     .targets = static_cast<std::uint64_t>(seen[t].targets),
                     .entrapments = static_cast<std::uint64_t>(seen[t].entrapments),
                     .fdp = bounds_of(seen[t], settings),
                     .low = {},
                     .high = {}};
    for (const auto bound :
         {&ProportionBounds::lower_bound, &ProportionBounds::combined, &ProportionBounds::paired}) {
      set_interval(resamples, t, settings, bound, point);
    }
    if (point.entrapments == 0) point.high = limit_of_none(point, settings);
    points.push_back(point);
  }
  return points;
}

double upper_bound(const ProportionBounds& bounds) {
  return std::isnan(bounds.paired) ? bounds.combined : bounds.paired;
}

bool has_too_few(const AuditPoint& point, double level, double ratio) {
  constexpr double kLeast = 3;  // with 3 expected, the probability of observing none is 5 %
  const auto accepted = static_cast<double>(point.targets + point.entrapments);
  return level * accepted * ratio / (1 + ratio) < kLeast;
}

AuditVerdict verdict_at(const AuditPoint& point, double level, double ratio) {
  if (point.low.lower_bound > level) return AuditVerdict::invalid;
  const bool is_valid = upper_bound(point.fdp) <= level && !has_too_few(point, level, ratio);
  return is_valid ? AuditVerdict::valid : AuditVerdict::inconclusive;
}

std::string to_text(AuditVerdict verdict) {
  switch (verdict) {
    case AuditVerdict::valid:
      return "valid";
    case AuditVerdict::inconclusive:
      return "inconclusive";
    case AuditVerdict::invalid:
      return "invalid";
  }
  return "";
}

}  // namespace overland::scoring
