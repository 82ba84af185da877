#include "kernel/chromatogram_extraction.h"

#include <algorithm>
#include <array>

namespace overland::kernel {
namespace {

ScanSolver::Capacity solver_capacity(const ChromatogramExtraction::Capacity& capacity) {
  return {capacity.traces, capacity.traces * kTraceFragments, capacity.peaks};
}

}  // namespace

void ChromatogramExtraction::reserve(const Capacity& capacity) {
  solver_.reserve(solver_capacity(capacity));
  active_.reserve(capacity.traces);
  column_active_.reserve(capacity.traces);
  column_matched_.reserve(capacity.traces);
}

std::uint64_t ChromatogramExtraction::bytes(const Capacity& capacity) {
  constexpr std::uint64_t kPerTrace = sizeof(Active) + 4 + 1;  // active, column owner, matched
  return sizeof(ChromatogramExtraction) - sizeof(ScanSolver) +
         ScanSolver::bytes(solver_capacity(capacity)) + kPerTrace * capacity.traces;
}

void ChromatogramExtraction::begin(const WindowTraces& traces, WindowScan first) {
  scan_ = first;
  active_.clear();
  counts_ = {};
  const auto start = std::ranges::lower_bound(traces.intervals, earlier(first, traces.longest), {},
                                              &TraceInterval::first_scan);
  next_ = static_cast<std::size_t>(start - traces.intervals.begin());
}

void ChromatogramExtraction::enter_and_leave(const WindowTraces& traces) {
  std::erase_if(active_,
                [&](const Active& a) { return traces.intervals[a.trace].last_scan <= scan_; });
  for (; next_ < traces.intervals.size() && traces.intervals[next_].first_scan <= scan_; ++next_) {
    if (traces.intervals[next_].last_scan > scan_) {
      active_.push_back({static_cast<std::uint32_t>(next_), 0});
    }
  }
}

void ChromatogramExtraction::match(const WindowTraces& traces, const TraceSettings& settings,
                                   std::span<TracePoint> arena) {
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
    if (interval.arena_index != kNotStored && matched > 0) {
      arena[interval.arena_index + (scan_ - interval.first_scan)].matched = matched;
    }
    if (matched < settings.min_matched) {
      active_[a].weight = 0;
      continue;
    }
    solver_.add(traces.fragment_intensity.subspan(t * kTraceFragments, count),
                std::span(peak).first(count), active_[a].weight);
    column_active_.push_back(static_cast<std::uint32_t>(a));
    column_matched_.push_back(matched);
  }
}

void ChromatogramExtraction::store(const WindowTraces& traces, std::span<TracePoint> arena) {
  for (std::size_t j = 0; j < column_active_.size(); ++j) {
    Active& active = active_[column_active_[j]];
    active.weight = solver_.weight(j);
    const TraceInterval& interval = traces.intervals[active.trace];
    if (interval.arena_index == kNotStored) continue;
    TracePoint& point = arena[interval.arena_index + (scan_ - interval.first_scan)];
    point = solver_.point(j);
    point.matched = column_matched_[j];
  }
}

void ChromatogramExtraction::add_scan(const WindowTraces& traces, const ScanPeaks& scan,
                                      const TraceSettings& settings, std::span<TracePoint> arena) {
  enter_and_leave(traces);
  ++counts_.scans;
  if (!active_.empty()) {
    lookup_.build(scan.mz, settings.tolerance);
    solver_.begin(scan);
    column_active_.clear();
    column_matched_.clear();
    match(traces, settings, arena);
    if (!column_active_.empty()) {
      counts_.sweeps += static_cast<std::uint64_t>(solver_.solve(settings.solver));
      solver_.estimate_errors(settings.solver);
      store(traces, arena);
      counts_.columns += solver_.column_count();
    }
  }
  ++scan_;
}

}  // namespace overland::kernel
