#include "quantify/trace_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/summary.h"

namespace overland::quantify {
namespace {

// Half-length of a trace, in peak widths of the run. MS1 traces are integrated within the limits of
// the fragments' peak, and co-elute with all windows' precursors: they are no longer than need be.
constexpr double kTraceWidths = 4;
constexpr double kMs1TraceWidths = 3;
constexpr double kMinHalfScans = 8;
constexpr double kMaxHalfScans = 120;
constexpr std::size_t kMostBatches = 1024;

// What the traces of one batch take, beside their points.
constexpr std::uint64_t kBytesPerBatchTrace =
    sizeof(kernel::TraceInterval) + 8 * kernel::kTraceFragments + 1;
constexpr std::uint64_t kBytesPerTask = 12;
constexpr std::uint64_t kBytesPerList = 16;

std::uint32_t half_length(double widths, const TracePlanInput& input) {
  const double scans = widths * input.peak_width_minutes / std::max(input.cycle_minutes, 1e-6);
  return static_cast<std::uint32_t>(std::clamp(scans, kMinHalfScans, kMaxHalfScans));
}

WindowScan block_start(WindowScan scan) {
  return WindowScan(scan.index() / kScansPerBlock * kScansPerBlock);
}

// Calls visit(list, row, owner) for each trace that a row will have.
template <class Visit>
void for_each_trace(const TracePlanInput& input, const Visit& visit) {
  const auto& windows = input.view.windows;
  if (windows.empty()) return;
  const auto follow = [&](const identify::ScoredRow& row, std::uint32_t owner) {
    const Mz mz{static_cast<double>(input.view.library.precursor_mz[row.precursor])};
    const run::Condition condition = windows[row.window.index()].condition;
    const std::optional<WindowId> central = run::most_central_window(windows, mz, condition);
    for (WindowId w; w.index() < windows.size(); ++w) {
      // A competitor is in every window that holds it, for it disturbs there too.
      const bool is_wanted = w == central || input.combine_windows || owner == kNoOwner;
      const bool is_here =
          windows[w.index()].condition == condition && windows[w.index()].isolates(mz);
      if (is_here && is_wanted) visit(list_of(w), row, owner);
    }
    if (const auto survey = input.view.survey_of(mz, condition.voltage); survey && input.follow_ms1)
      visit(ms1_list(input.view, *survey), row, owner);
  };
  for (std::size_t i = 0; i < input.accepted.size(); ++i) {
    follow(input.accepted[i], static_cast<std::uint32_t>(i));
  }
  for (const identify::ScoredRow& row : input.competitors) follow(row, kNoOwner);
}

}  // namespace

std::span<const RunScan> scans_of(const search::RunView& view, ScanListId list) {
  const std::optional<WindowId> window = window_of(view, list);
  if (window) return view.windows[window->index()].scans;
  return view.ms1[list.index() - view.windows.size()].scans;
}

WindowScan nearest_scan(const search::RunView& view, std::span<const RunScan> scans,
                        float rt_minutes) {
  const auto above = std::lower_bound(scans.begin(), scans.end(), rt_minutes,
                                      [&](RunScan scan, float t) { return view.rt_of(scan) < t; });
  const WindowScan next(static_cast<std::uint32_t>(above - scans.begin()));
  if (above == scans.begin()) return next;
  const bool is_above = above != scans.end() &&
                        view.rt_of(*above) - rt_minutes < rt_minutes - view.rt_of(*(above - 1));
  return is_above ? next : earlier(next, 1);
}

void TracePlan::lay_out(const TracePlanInput& input) {
  check(scan_list_count(input.view) < std::numeric_limits<std::uint16_t>::max(),
        "a trace names its list of scans in 16 bits");
  list_begin_.assign(scan_list_count(input.view) + 1, 0);
  for_each_trace(input, [&](ScanListId list, const identify::ScoredRow&, std::uint32_t) {
    ++list_begin_[list.index() + std::size_t{1}];
  });
  for (std::size_t l = 1; l < list_begin_.size(); ++l) list_begin_[l] += list_begin_[l - 1];
  traces_.resize(list_begin_.back());
  for (ScanListId list; list.index() < list_count(); ++list) {
    list_end_.emplace_back(static_cast<std::uint32_t>(scans_of(input.view, list).size()));
  }
  std::vector<std::size_t> next(list_begin_.begin(), list_begin_.end() - 1);
  const std::uint32_t ms2_half = half_length(kTraceWidths, input);
  const std::uint32_t ms1_half = half_length(kMs1TraceWidths, input);
  std::size_t owned = 0;
  for_each_trace(input, [&](ScanListId list, const identify::ScoredRow& row, std::uint32_t owner) {
    const WindowScan apex = nearest_scan(input.view, scans_of(input.view, list), row.rt_minutes);
    const std::uint32_t half = is_ms1(input.view, list) ? ms1_half : ms2_half;
    const WindowScan first = earlier(apex, half);
    const WindowScan last = std::min(apex + (half + 1), list_end_[list.index()]);
    traces_[next[list.index()]++] = {.precursor = PrecursorId(row.precursor),
                                     .owner = owner,
                                     .first_scan = first,
                                     .length = static_cast<std::uint16_t>(last - first),
                                     .list = list};
    owned += owner != kNoOwner ? 1U : 0U;
  });
  const auto by_time = [](const PlannedTrace& a, const PlannedTrace& b) {
    return a.first_scan != b.first_scan ? a.first_scan < b.first_scan : a.precursor < b.precursor;
  };
  for (std::size_t l = 0; l < list_count(); ++l) {
    std::sort(traces_.begin() + static_cast<std::ptrdiff_t>(list_begin_[l]),
              traces_.begin() + static_cast<std::ptrdiff_t>(list_begin_[l + 1]), by_time);
  }
  order_.reserve(owned);
  put_in_order(input);
}

void TracePlan::put_in_order(const TracePlanInput& input) {
  for (std::uint32_t t = 0; t < traces_.size(); ++t) {
    longest_ = std::max<std::uint32_t>(longest_, traces_[t].length);
    if (traces_[t].owner != kNoOwner) order_.push_back(t);
  }
  std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
    const PlannedTrace& x = traces_[a];
    const PlannedTrace& y = traces_[b];
    const float rt_x = input.accepted[x.owner].rt_minutes;
    const float rt_y = input.accepted[y.owner].rt_minutes;
    if (rt_x != rt_y) return rt_x < rt_y;
    return x.owner != y.owner ? x.owner < y.owner : x.list < y.list;
  });
  for (const std::uint32_t t : order_) {
    traces_[t].arena_index = point_count_;
    point_count_ += traces_[t].length;
  }
}

void TracePlan::count_capacity(const TracePlanInput& input) {
  std::vector<std::int32_t> change;
  for (ScanListId list; list.index() < list_count(); ++list) {
    const auto scans = scans_of(input.view, list);
    if (traces_of(list).empty()) continue;
    change.assign(scans.size() + 1, 0);
    for (const PlannedTrace& trace : traces_of(list)) {
      ++change[trace.first_scan.index()];
      --change[trace.last_scan().index()];
    }
    std::int32_t now = 0;
    for (std::size_t k = 0; k < scans.size(); ++k) {
      now += change[k];
      if (now == 0) continue;
      capacity_.traces = std::max(capacity_.traces, static_cast<std::size_t>(now));
      capacity_.peaks = std::max(capacity_.peaks, input.view.run.peaks(scans[k]).size());
    }
  }
}

// Neighbouring parts of `order_` with about equal numbers of points.
void TracePlan::cut(std::size_t batch_count) {
  batches_.clear();
  batches_.reserve(batch_count);
  Batch batch;
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < order_.size(); ++i) {
    batch.points += traces_[order_[i]].length;
    batch.last = i + 1;
    const std::uint64_t goal = point_count_ * (batches_.size() + 1) / batch_count;
    if (before + batch.points < goal && i + 1 < order_.size()) continue;
    batches_.push_back(batch);
    before += batch.points;
    batch = {i + 1, i + 1, before, 0};
  }
}

std::vector<TracePlan::ScanRange> TracePlan::ranges_of(const Batch& batch) const {
  std::vector<ScanRange> ranges(list_count());
  for (std::size_t i = batch.first; i < batch.last; ++i) {
    const PlannedTrace& trace = traces_[order_[i]];
    ScanRange& range = ranges[trace.list.index()];
    const WindowScan first = block_start(trace.first_scan);
    const WindowScan last = std::min(block_start(trace.last_scan() + (kScansPerBlock - 1)),
                                     list_end_[trace.list.index()]);
    range = range.last == WindowScan()
                ? ScanRange{first, last}
                : ScanRange{std::min(range.first, first), std::max(range.last, last)};
  }
  return ranges;
}

void TracePlan::measure_batches() {
  largest_ = {};
  scan_count_ = 0;
  for (const Batch& batch : batches_) {
    const std::vector<ScanRange> ranges = ranges_of(batch);
    BatchSize size{.points = batch.points};
    for (const PlannedTrace& trace : traces_) {
      size.members += ranges[trace.list.index()].holds_part_of(trace) ? 1U : 0U;
    }
    for (const ScanRange& range : ranges) {
      size.tasks += range.scan_blocks();
      scan_count_ += range.last - range.first;
    }
    largest_.points = std::max(largest_.points, size.points);
    largest_.members = std::max(largest_.members, size.members);
    largest_.tasks = std::max(largest_.tasks, size.tasks);
  }
  memory_.batch = largest_.points * sizeof(kernel::TracePoint) +
                  largest_.members * kBytesPerBatchTrace + largest_.tasks * kBytesPerTask +
                  list_count() * kBytesPerList;
}

Result<TracePlan> TracePlan::make(const TracePlanInput& input, int workers,
                                  std::uint64_t max_bytes) {
  TracePlan plan;
  plan.lay_out(input);
  plan.count_capacity(input);
  plan.memory_.layout = plan.traces_.size() * sizeof(PlannedTrace) +
                        plan.order_.size() * sizeof(std::uint32_t) +
                        plan.list_begin_.size() * sizeof(std::size_t);
  plan.memory_.per_worker =
      kernel::ChromatogramExtraction::bytes(plan.capacity_) + sizeof(float) * plan.capacity_.peaks;
  plan.memory_.workers = workers;
  const std::size_t most = std::clamp<std::size_t>(plan.order_.size(), 1, kMostBatches);
  for (std::size_t batches = 1;; batches = std::min(2 * batches, most)) {
    plan.cut(batches);
    plan.measure_batches();
    if (plan.memory_.total() <= max_bytes || batches >= most) break;
  }
  while (plan.memory_.total() > max_bytes && plan.memory_.workers > 1) plan.memory_.workers -= 1;
  if (plan.memory_.total() <= max_bytes) return plan;
  return fail("OVL-RES-010",
              fmt::format("the chromatograms of this run need {} with one thread; {} may be used",
                          memory_text(plan.memory_.total()), memory_text(max_bytes)),
              input.view.run.name(),
              "Raise --max-ram, or free memory; fewer accepted precursors need less too.");
}

}  // namespace overland::quantify
