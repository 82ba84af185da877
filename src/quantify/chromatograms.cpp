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
  std::uint32_t window = 0, first_scan = 0, last_scan = 0;
};

// The traces that take part in a batch, window after window, each window's by first scan.
struct ChromatogramBuilder::BatchLayout {
  void reserve(const BatchSize& size) {
    intervals.reserve(size.members);
    fragment_mz.reserve(size.members * kTraceFragments);
    fragment_intensity.reserve(size.members * kTraceFragments);
    fragment_count.reserve(size.members);
    tasks.reserve(size.tasks);
  }

  std::vector<std::size_t> window_begin;  // windows + 1
  std::vector<TracePlan::ScanRange> ranges;
  std::vector<kernel::TraceInterval> intervals;
  std::vector<float> fragment_mz, fragment_intensity;
  std::vector<std::uint8_t> fragment_count;
  std::vector<Task> tasks;
  std::uint32_t longest = 0;

  [[nodiscard]] kernel::WindowTraces traces_of(std::size_t window) const {
    const std::size_t begin = window_begin[window];
    const std::size_t count = window_begin[window + 1] - begin;
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

// Templates of one window's members, scaled to sum 1.
void ChromatogramBuilder::fill_window(const TracePlan& plan, const Batch& batch, std::size_t window,
                                      BatchLayout& layout) const {
  std::array<float, kTraceFragments> intensity{};
  std::array<float, kTraceFragments> mz{};
  const bool is_ms2 = window < view_.windows.size();
  const search::ChargeBases bases(view_.library, models_,
                                  is_ms2 ? search::window_center(view_.windows[window]) : 0);
  std::size_t place = layout.window_begin[window];
  for (const PlannedTrace& trace : plan.traces_of(window)) {
    if (!layout.ranges[window].holds_part_of(trace)) continue;
    std::size_t count = 0;
    const std::uint32_t p = trace.precursor;
    if (is_ms2) {
      count = std::min(view_.library.intensities(p, bases.of(view_.library.charge[p]), intensity),
                       kTraceFragments);
      std::copy_n(view_.fragment_mz(p).begin(), count, mz.begin());
    } else {
      const double charge = view_.library.charge[p];
      const double first = static_cast<double>(view_.library.precursor_mz[p]);
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
    layout.intervals[place++] = {trace.first_scan, trace.last_scan(), batch.place_of(trace)};
  }
}

void ChromatogramBuilder::lay_out(const TracePlan& plan, const Batch& batch,
                                  BatchLayout& layout) const {
  layout.ranges = plan.ranges_of(batch);
  layout.longest = plan.longest();
  layout.window_begin.assign(plan.window_count() + 1, 0);
  std::size_t members = 0;
  for (std::size_t w = 0; w < plan.window_count(); ++w) {
    for (const PlannedTrace& trace : plan.traces_of(w)) {
      members += layout.ranges[w].holds_part_of(trace) ? 1U : 0U;
    }
    layout.window_begin[w + 1] = members;
  }
  layout.intervals.resize(members);
  layout.fragment_mz.assign(members * kTraceFragments, 0);
  layout.fragment_intensity.assign(members * kTraceFragments, 0);
  layout.fragment_count.resize(members);
  layout.tasks.clear();
  for (std::uint32_t w = 0; w < plan.window_count(); ++w) {
    fill_window(plan, batch, w, layout);
    const TracePlan::ScanRange range = layout.ranges[w];
    for (std::uint32_t k = range.first; k < range.last; k += kScansPerBlock) {
      layout.tasks.push_back({w, k, std::min(k + kScansPerBlock, range.last)});
    }
  }
}

void ChromatogramBuilder::run_task(const Task& task, const BatchLayout& layout, Worker& worker,
                                   std::span<kernel::TracePoint> arena) const {
  const kernel::WindowTraces traces = layout.traces_of(task.window);
  const auto scans = scans_of(view_, task.window);
  const bool is_ms2 = task.window < view_.windows.size();
  const kernel::TraceSettings& settings = is_ms2 ? ms2_ : ms1_;
  worker.extraction.begin(traces, task.first_scan);
  for (std::uint32_t k = task.first_scan; k < task.last_scan; ++k) {
    const kernel::ScanPeaks peaks = view_.run.peaks(scans[k]);
    worker.mz.resize(peaks.size());
    calibrate::correct_mz(is_ms2 ? models_.mass : models_.ms1_mass,
                          static_cast<double>(view_.rt_of(scans[k])), peaks.mz, worker.mz);
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
