#include "kernel/weight_pass.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace overland::kernel {
namespace {

DesignMatrix::Capacity matrix_capacity(const WeightPass::Capacity& capacity) {
  return {capacity.traces, capacity.traces * kTraceFragments, capacity.peaks};
}

}  // namespace

TracePoint point_of(const DesignMatrix& matrix, const ColumnErrors& errors, std::size_t column,
                    float weight, std::uint8_t matched) {
  const auto rows = matrix.rows(column);
  const auto values = matrix.values(column);
  float observed = 0;
  float own = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const float x = matrix.observed()[rows[k]];
    observed += x;
    own += std::min(weight * values[k], x);
  }
  const ColumnErrors::Of error = errors.of(matrix, column);
  TracePoint point;
  point.weight = weight;
  point.counting_sd = to_short_float(error.counting);
  point.residual_sd = to_short_float(error.residual);
  point.purity = static_cast<std::uint8_t>(observed > 0 ? std::lround(255 * own / observed) : 0);
  point.matched = matched;
  return point;
}

void WeightPass::reserve(const Capacity& capacity) {
  matrix_.reserve(matrix_capacity(capacity));
  solver_.reserve(matrix_capacity(capacity));
  errors_.reserve(matrix_capacity(capacity));
  active_.reserve(capacity.traces);
  column_active_.reserve(capacity.traces);
  column_matched_.reserve(capacity.traces);
  column_weight_.reserve(capacity.traces);
}

std::uint64_t WeightPass::bytes(const Capacity& capacity) {
  const std::uint64_t entries = capacity.traces * kTraceFragments;
  constexpr std::uint64_t kPerEntry = 4 + 4 + 4     // row, value, observed
                                      + 4 + 4 + 4;  // residual, row weight, leverage
  constexpr std::uint64_t kPerTrace = sizeof(Active) + 4 + 1 +
                                      4             // active, column owner, matched, weight
                                      + 4 + 1 + 4;  // column begin, idle, curvature
  return sizeof(WeightPass) + kPerEntry * entries + kPerTrace * capacity.traces + 4 +
         4 * capacity.peaks;
}

void WeightPass::begin(const WindowTraces& traces, std::uint32_t first) {
  scan_ = first;
  active_.clear();
  counts_ = {};
  const std::uint32_t earliest = first > traces.longest ? first - traces.longest : 0;
  const auto start = std::lower_bound(
      traces.intervals.begin(), traces.intervals.end(), earliest,
      [](const TraceInterval& interval, std::uint32_t scan) { return interval.first_scan < scan; });
  next_ = static_cast<std::size_t>(start - traces.intervals.begin());
}

void WeightPass::enter_and_leave(const WindowTraces& traces) {
  std::erase_if(active_,
                [&](const Active& a) { return traces.intervals[a.trace].last_scan <= scan_; });
  for (; next_ < traces.intervals.size() && traces.intervals[next_].first_scan <= scan_; ++next_) {
    if (traces.intervals[next_].last_scan > scan_) {
      active_.push_back({static_cast<std::uint32_t>(next_), 0});
    }
  }
}

void WeightPass::match(const WindowTraces& traces, const ScanPeaks& scan,
                       const TraceSettings& settings, std::span<TracePoint> arena) {
  std::array<std::int32_t, kTraceFragments> peak{};
  for (std::size_t a = 0; a < active_.size(); ++a) {
    const std::size_t t = active_[a].trace;
    const std::size_t count = traces.fragment_count[t];
    const auto mz = traces.fragment_mz.subspan(t * kTraceFragments, count);
    std::uint8_t matched = 0;
    for (std::size_t f = 0; f < count; ++f) {
      peak[f] = lookup_.find(mz[f]);
      if (peak[f] >= 0) ++matched;
    }
    const TraceInterval& interval = traces.intervals[t];
    if (interval.place != kNoPlace && matched > 0) {
      arena[interval.place + (scan_ - interval.first_scan)].matched = matched;
    }
    if (matched < settings.min_matched) {
      active_[a].weight = 0;
      continue;
    }
    matrix_.add_column(traces.fragment_intensity.subspan(t * kTraceFragments, count),
                       std::span(peak).first(count), scan.intensity);
    column_active_.push_back(static_cast<std::uint32_t>(a));
    column_matched_.push_back(matched);
    column_weight_.push_back(active_[a].weight);
    counts_.entries += count;
  }
}

void WeightPass::store(const WindowTraces& traces, std::span<TracePoint> arena) {
  for (std::size_t j = 0; j < column_active_.size(); ++j) {
    Active& active = active_[column_active_[j]];
    active.weight = column_weight_[j];
    const TraceInterval& interval = traces.intervals[active.trace];
    if (interval.place == kNoPlace) continue;
    arena[interval.place + (scan_ - interval.first_scan)] =
        point_of(matrix_, errors_, j, column_weight_[j], column_matched_[j]);
    ++counts_.points;
  }
}

void WeightPass::add_scan(const WindowTraces& traces, const ScanPeaks& scan,
                          const TraceSettings& settings, std::span<TracePoint> arena) {
  enter_and_leave(traces);
  if (!active_.empty()) {
    lookup_.build(scan.mz, settings.tolerance);
    matrix_.begin_scan(scan.size());
    column_active_.clear();
    column_matched_.clear();
    column_weight_.clear();
    match(traces, scan, settings, arena);
    if (!column_active_.empty()) {
      counts_.sweeps +=
          static_cast<std::uint64_t>(solver_.solve(matrix_, settings.solver, column_weight_));
      // The other losses weigh all rows alike here: for counts this is an approximation.
      constexpr float kNever = 1e30F;
      errors_.update(matrix_, solver_.residuals(),
                     settings.solver.loss == Loss::huber ? settings.solver.delta : kNever);
      store(traces, arena);
    }
    counts_.columns += column_active_.size();
  }
  ++counts_.scans;
  ++scan_;
}

}  // namespace overland::kernel
