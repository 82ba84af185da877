// A growth scheme for chromatogram points as it is often written: scans are dealt out to threads;
// each thread appends a point per candidate and scan to a vector that is made longer by a fixed
// number of elements when it is full; arrays are made anew for each scan, or resized as candidates,
// templates and entries come in; at the end the threads' points are joined and sorted.
// The work is that of the planned layout: the same corrected m/z, templates, loss, delta and
// tolerances, and each point has the same numbers. One thing differs and cannot be helped where
// scans are dealt out one by one: each starts from zero, not from the weights of the scan before.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "base/machine.h"
#include "base/parallel.h"
#include "kernel/peak_lookup.h"
#include "kernel/scan_solver.h"
#include "quantify/chromatograms.h"
#include "search/charge_bases.h"

namespace overland::bench {

struct GrownPoint {
  float rt = 0;
  RunScan scan;
  std::uint32_t owner = 0;
  kernel::TracePoint point;
};

class GrowthScheme {
 public:
  GrowthScheme(const search::RunView& view, const quantify::TracePlan& plan,
               const search::RunModels& models, const params::SearchConfig& config,
               const Machine& machine)
      : view_(view),
        machine_(machine),
        plan_(plan),
        models_(models),
        settings_(quantify::quantity_settings(models, config)),
        bases_(view.library, models, 0) {}

  // Returns the number of points.
  std::size_t run() {
    std::vector<std::vector<GrownPoint>> parts(static_cast<std::size_t>(machine_.threads));
    std::vector<std::uint64_t> sweeps(parts.size());
    parallel_for(parts.size(), machine_, [&](std::size_t part, int) {
      std::size_t used = 0;
      for (WindowId w; w.index() < view_.windows.size(); ++w) {
        const auto& scans = view_.windows[w.index()].scans;
        for (std::size_t k = part; k < scans.size(); k += parts.size()) {
          const WindowScan scan(static_cast<std::uint32_t>(k));
          sweeps[part] += add_scan(w, scan, parts[part], used);
        }
      }
      parts[part].resize(used);
    });
    for (const std::uint64_t n : sweeps) sweeps_ += n;
    return sorted(parts).size();
  }
  [[nodiscard]] std::uint64_t sweeps() const { return sweeps_; }

 private:
  static constexpr std::size_t kChunk = 500000;

  static std::vector<GrownPoint> sorted(std::vector<std::vector<GrownPoint>>& parts) {
    std::vector<GrownPoint> all;
    for (auto& part : parts) {
      std::vector<GrownPoint> joined(all.size() + part.size());
      std::copy(all.begin(), all.end(), joined.begin());
      std::copy(part.begin(), part.end(), joined.begin() + static_cast<std::ptrdiff_t>(all.size()));
      all = std::move(joined);
    }
    std::stable_sort(all.begin(), all.end(), [](const GrownPoint& a, const GrownPoint& b) {
      return a.owner != b.owner ? a.owner < b.owner : a.rt < b.rt;
    });
    return all;
  }

  static void push(std::vector<GrownPoint>& points, std::size_t& used, const GrownPoint& point) {
    if (used == points.size()) {
      std::vector<GrownPoint> longer(points.size() + kChunk);
      std::copy(points.begin(), points.end(), longer.begin());
      points = std::move(longer);
    }
    points[used++] = point;
  }

  [[nodiscard]] std::vector<const quantify::PlannedTrace*> candidates_of(WindowId w,
                                                                         WindowScan k) const {
    std::vector<const quantify::PlannedTrace*> candidates;
    const auto traces = plan_.traces_of(quantify::list_of(w));
    auto it = std::ranges::lower_bound(traces, earlier(k, plan_.longest()), {},
                                       &quantify::PlannedTrace::first_scan);
    for (; it != traces.end() && it->first_scan <= k; ++it) {
      if (it->last_scan() > k) candidates.push_back(&*it);
    }
    return candidates;
  }

  // Returns the solver's sweeps.
  std::uint64_t add_scan(WindowId w, WindowScan k, std::vector<GrownPoint>& points,
                         std::size_t& used) const {
    const RunScan scan = view_.windows[w.index()].scans[k.index()];
    const kernel::ScanPeaks peaks = view_.run.peaks(scan);
    const std::vector<const quantify::PlannedTrace*> candidates = candidates_of(w, k);
    std::vector<float> mz(peaks.size());
    calibrate::correct_mz(models_.mass, static_cast<double>(view_.rt_of(scan)), peaks.mz, mz);
    auto lookup = std::make_unique<kernel::PeakLookup>();
    lookup->build(mz, settings_.tolerance);
    kernel::ScanSolver solver;
    solver.begin(peaks);
    std::vector<std::uint8_t> matched(candidates.size());
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      matched[c] = add_column(*candidates[c], *lookup, solver);
    }
    const bool is_empty = solver.column_count() == 0;
    const int sweeps = is_empty ? 0 : solver.solve(settings_.solver);
    if (!is_empty) solver.estimate_errors(settings_.solver);
    std::size_t column = 0;
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      kernel::TracePoint point;
      if (matched[c] > 0) {
        point = solver.point(column++);
        point.matched = matched[c];
      }
      push(points, used, {view_.rt_of(scan), scan, candidates[c]->owner, point});
    }
    return static_cast<std::uint64_t>(sweeps);
  }

  // Returns the number of fragments with a peak; without any there is no column.
  std::uint8_t add_column(const quantify::PlannedTrace& trace, const kernel::PeakLookup& lookup,
                          kernel::ScanSolver& solver) const {
    const auto mz = view_.fragment_mz(trace.precursor);
    std::vector<std::int32_t> peak(mz.size());
    std::vector<float> intensity(kernel::kTraceFragments);
    const std::uint8_t charge = view_.library.charge[trace.precursor.index()];
    intensity.resize(view_.library.intensities(trace.precursor, bases_.of(charge), intensity));
    kernel::scale_template(intensity);
    std::uint8_t matched = 0;
    for (std::size_t f = 0; f < mz.size(); ++f) {
      peak[f] = lookup.find(mz[f]);
      if (peak[f] >= 0) ++matched;
    }
    if (matched > 0) solver.add(intensity, peak);
    return matched;
  }

  const search::RunView& view_;
  Machine machine_;
  const quantify::TracePlan& plan_;
  const search::RunModels& models_;
  kernel::TraceSettings settings_;
  search::ChargeBases bases_;
  std::uint64_t sweeps_ = 0;
};

}  // namespace overland::bench
