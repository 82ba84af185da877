#include "quantify/chromatograms.h"

#include <algorithm>
#include <array>
#include <memory>

#include "base/parallel.h"
#include "base/progress.h"
#include "chemistry/constants.h"
#include "chemistry/isotopes.h"
#include "kernel/robust_statistics.h"
#include "search/charge_bases.h"
#include "search/window_search.h"

namespace overland::quantify {

using kernel::kTraceFragments;

struct ChromatogramBuilder::Task {
  ScanListId list;
  WindowScan first_scan, last_scan;
};

// The traces that take part in a batch, list after list, each list's by first scan.
struct ChromatogramBuilder::BatchLayout {
  void reserve(const BatchSize& size) {
    intervals.reserve(size.members);
    fragment_mz.reserve(size.members * kTraceFragments);
    fragment_intensity.reserve(size.members * kTraceFragments);
    fragment_count.reserve(size.members);
    tasks.reserve(size.tasks);
  }

  std::vector<std::size_t> list_begin;  // lists + 1
  std::vector<TracePlan::ScanRange> ranges;
  std::vector<kernel::TraceInterval> intervals;
  std::vector<float> fragment_mz, fragment_intensity;
  std::vector<std::uint8_t> fragment_count;
  std::vector<Task> tasks;
  std::uint32_t longest = 0;

  [[nodiscard]] kernel::WindowTraces traces_of(ScanListId list) const {
    const std::size_t begin = list_begin[list.index()];
    const std::size_t count = list_begin[list.index() + std::size_t{1}] - begin;
    return {std::span(intervals).subspan(begin, count),
            std::span(fragment_mz).subspan(begin * kTraceFragments, count * kTraceFragments),
            std::span(fragment_intensity).subspan(begin * kTraceFragments, count * kTraceFragments),
            std::span(fragment_count).subspan(begin, count), longest};
  }
};

struct ChromatogramBuilder::Worker {
  kernel::ChromatogramExtraction extraction;
  std::vector<float> mz;  // of one scan, corrected
  kernel::SolverCounts counts;
};

double run_peak_width(std::span<const identify::ScoredRow> accepted,
                      const search::RunModels& models) {
  std::vector<double> widths;
  widths.reserve(accepted.size());
  for (const identify::ScoredRow& row : accepted) {
    widths.push_back(static_cast<double>(row.rt_stop) - static_cast<double>(row.rt_start));
  }
  return std::max({0.5 * kernel::median_of(std::move(widths)), models.cycle_minutes, 1e-4});
}

// A quantity wants the mean of its fragments where a search wants their majority: with the search's
// delta small peaks come out too small and all scatter more (docs/adr/0015).
kernel::TraceSettings quantity_settings(const search::RunModels& models,
                                        const params::IntegrateConfig& config) {
  kernel::TraceSettings settings;
  settings.tolerance = models.mass.tolerance;
  settings.solver.loss = config.loss;
  const double delta = config.huber_delta_factor * models.median_peak_intensity;
  settings.solver.delta = static_cast<float>(std::max(1e-3, delta));
  settings.min_matched = 1;  // an accepted precursor is really there; its flanks count too
  return settings;
}

ChromatogramBuilder::ChromatogramBuilder(const search::RunView& view,
                                         const search::RunModels& models,
                                         const params::IntegrateConfig& config,
                                         const Machine& machine)
    : view_(view), models_(models), machine_(machine), ms2_(quantity_settings(models, config)) {
  ms1_ = ms2_;
  ms1_.tolerance = models.ms1_mass.tolerance;
  // Hundreds of isotope patterns share the peaks of an MS1 scan: the last digits come slowly.
  ms1_.solver.relative_tolerance = 1e-2F;
  ms1_.solver.max_sweeps = 40;
}

// Templates of one list's members, scaled to sum 1.
void ChromatogramBuilder::fill_list(const TracePlan& plan, const Batch& batch, ScanListId list,
                                    BatchLayout& layout) const {
  std::array<float, kTraceFragments> intensity{};
  std::array<float, kTraceFragments> mz{};
  const std::optional<WindowId> window = window_of(view_, list);
  const run::IsolationWindow none;
  const run::IsolationWindow& isolation = window ? view_.windows[window->index()] : none;
  const search::ChargeBases bases(view_.library, models_, search::window_center(isolation),
                                  isolation.energy_ratio);
  std::size_t place = layout.list_begin[list.index()];
  for (const PlannedTrace& trace : plan.traces_of(list)) {
    if (!layout.ranges[list.index()].holds_part_of(trace)) continue;
    std::size_t count = 0;
    const PrecursorId p = trace.precursor;
    if (window) {
      count = std::min(
          view_.library.intensities(p, bases.of(view_.library.charge[p.index()]), intensity),
          kTraceFragments);
      std::copy_n(view_.fragment_mz(p).begin(), count, mz.begin());
    } else {
      const double charge = view_.library.charge[p.index()];
      const double first = static_cast<double>(view_.library.precursor_mz[p.index()]);
      const IsotopeDistribution share = averagine_distribution((first - kProtonMass) * charge);
      for (; count < share.size(); ++count) {
        mz[count] =
            static_cast<float>(first + static_cast<double>(count) * kCarbon13Spacing / charge);
        intensity[count] = share[count];
      }
    }
    kernel::scale_template(std::span(intensity).first(count));
    for (std::size_t f = 0; f < count; ++f) {
      layout.fragment_mz[place * kTraceFragments + f] = mz[f];
      layout.fragment_intensity[place * kTraceFragments + f] = intensity[f];
    }
    layout.fragment_count[place] = static_cast<std::uint8_t>(count);
    layout.intervals[place++] = {trace.first_scan, trace.last_scan(), batch.arena_index_of(trace)};
  }
}

void ChromatogramBuilder::lay_out(const TracePlan& plan, const Batch& batch,
                                  BatchLayout& layout) const {
  layout.ranges = plan.ranges_of(batch);
  layout.longest = plan.longest();
  layout.list_begin.assign(plan.list_count() + 1, 0);
  std::size_t members = 0;
  for (ScanListId list; list.index() < plan.list_count(); ++list) {
    for (const PlannedTrace& trace : plan.traces_of(list)) {
      members += layout.ranges[list.index()].holds_part_of(trace) ? 1U : 0U;
    }
    layout.list_begin[list.index() + std::size_t{1}] = members;
  }
  layout.intervals.resize(members);
  layout.fragment_mz.assign(members * kTraceFragments, 0);
  layout.fragment_intensity.assign(members * kTraceFragments, 0);
  layout.fragment_count.resize(members);
  layout.tasks.clear();
  for (ScanListId list; list.index() < plan.list_count(); ++list) {
    fill_list(plan, batch, list, layout);
    const TracePlan::ScanRange range = layout.ranges[list.index()];
    for (WindowScan k = range.first; k < range.last; k = k + kScansPerBlock) {
      layout.tasks.push_back({list, k, std::min(k + kScansPerBlock, range.last)});
    }
  }
}

void ChromatogramBuilder::run_task(const Task& task, const BatchLayout& layout, Worker& worker,
                                   std::span<kernel::TracePoint> arena) const {
  const kernel::WindowTraces traces = layout.traces_of(task.list);
  const auto scans = scans_of(view_, task.list);
  const bool is_ms2 = !is_ms1(view_, task.list);
  const kernel::TraceSettings& settings = is_ms2 ? ms2_ : ms1_;
  worker.extraction.begin(traces, task.first_scan);
  for (WindowScan k = task.first_scan; k < task.last_scan; ++k) {
    const RunScan scan = scans[k.index()];
    const kernel::ScanPeaks peaks = view_.run.peaks(scan);
    worker.mz.resize(peaks.size());
    calibrate::correct_mz(is_ms2 ? models_.mass : models_.ms1_mass,
                          static_cast<double>(view_.rt_of(scan)), peaks.mz, worker.mz);
    worker.extraction.add_scan(traces, {worker.mz, peaks.intensity}, settings, arena);
  }
  worker.counts += worker.extraction.counts();
}

Result<ChromatogramCounts> ChromatogramBuilder::run(const TracePlan& plan,
                                                    const BatchSink& sink) const {
  std::vector<std::unique_ptr<Worker>> workers(static_cast<std::size_t>(plan.memory().workers));
  for (auto& worker : workers) {
    worker = std::make_unique<Worker>();
    worker->extraction.reserve(plan.capacity());
    worker->mz.reserve(plan.capacity().peaks);
  }
  BatchLayout layout;
  layout.reserve(plan.largest_batch());
  std::vector<kernel::TracePoint> arena;
  arena.reserve(plan.largest_batch().points);
  ChromatogramCounts counts;
  ProgressBar progress(machine_, "chromatograms", plan.scan_count(), "scans");
  for (const Batch& batch : plan.batches()) {
    lay_out(plan, batch, layout);
    arena.assign(batch.points, {});
    parallel_for(layout.tasks.size(), machine_.with_threads(plan.memory().workers),
                 [&](std::size_t t, int worker) {
                   const Task& task = layout.tasks[t];
                   run_task(task, layout, *workers[static_cast<std::size_t>(worker)], arena);
                   progress.tick(task.last_scan - task.first_scan);
                 });
    counts.tasks += layout.tasks.size();
    if (auto done = sink({batch, arena}); !done) return std::unexpected(done.error());
  }
  for (const auto& worker : workers) counts.solved += worker->counts;
  return counts;
}

}  // namespace overland::quantify
