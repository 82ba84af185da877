// A growth scheme for chromatogram points as it is often written: scans are dealt out to threads;
// each thread appends a point per candidate and scan to a vector that is made longer by a fixed
// number of elements when it is full; arrays are made anew for each scan, or resized as candidates,
// templates and entries come in; at the end the threads' points are joined and sorted. The work
// (matching and deconvolution) is the same as with the planned layout.
#pragma once

#include <algorithm>
#include <set>
#include <vector>

#include "base/parallel.h"
#include "kernel/deconvolve.h"
#include "kernel/peak_lookup.h"
#include "stages/chromatograms.h"

namespace overland::bench {

struct GrownPoint {
  float rt = 0, intensity = 0;
  std::uint32_t scan = 0, precursor = 0;
};

class GrowthScheme {
 public:
  GrowthScheme(const RunContext& context, const TracePlan& plan,
               const kernel::TraceSettings& settings)
      : context_(context), plan_(plan), settings_(settings) {}

  // Returns the number of points.
  std::size_t run() {
    std::vector<std::vector<GrownPoint>> parts(static_cast<std::size_t>(context_.threads));
    parallel_for(parts.size(), context_.threads, [&](std::size_t part, int) {
      std::size_t used = 0;
      for (std::size_t w = 0; w < context_.windows.size(); ++w) {
        const auto& scans = context_.windows[w].scans;
        for (std::size_t k = part; k < scans.size(); k += parts.size()) {
          add_scan(w, static_cast<std::uint32_t>(k), parts[part], used);
        }
      }
      parts[part].resize(used);
    });
    std::vector<GrownPoint> all;
    for (auto& part : parts) {
      std::vector<GrownPoint> joined(all.size() + part.size());
      std::copy(all.begin(), all.end(), joined.begin());
      std::copy(part.begin(), part.end(), joined.begin() + static_cast<std::ptrdiff_t>(all.size()));
      all = std::move(joined);
    }
    std::stable_sort(all.begin(), all.end(), [](const GrownPoint& a, const GrownPoint& b) {
      return a.precursor != b.precursor ? a.precursor < b.precursor : a.rt < b.rt;
    });
    return all.size();
  }

 private:
  static constexpr std::size_t kChunk = 500000;

  static void push(std::vector<GrownPoint>& points, std::size_t& used, const GrownPoint& point) {
    if (used == points.size()) {
      std::vector<GrownPoint> longer(points.size() + kChunk);
      std::copy(points.begin(), points.end(), longer.begin());
      points = std::move(longer);
    }
    points[used++] = point;
  }

  void add_scan(std::size_t w, std::uint32_t k, std::vector<GrownPoint>& points,
                std::size_t& used) const {
    const std::uint32_t scan = context_.windows[w].scans[k];
    const ScanPeaks peaks = context_.run.peaks(scan);
    std::vector<const PlannedTrace*> candidates;
    const auto traces = plan_.traces_of(w);
    const std::uint32_t earliest = k > plan_.longest() ? k - plan_.longest() : 0;
    auto it = std::lower_bound(
        traces.begin(), traces.end(), earliest,
        [](const PlannedTrace& trace, std::uint32_t first) { return trace.first_scan < first; });
    for (; it != traces.end() && it->first_scan <= k; ++it) {
      if (it->last_scan() > k) candidates.push_back(&*it);
    }
    std::vector<float> mz(peaks.mz.begin(), peaks.mz.end());
    auto lookup = std::make_unique<kernel::PeakLookup>();
    lookup->build(mz, settings_.tolerance);
    kernel::DesignMatrix matrix;
    matrix.begin_scan(peaks.size());
    std::vector<std::size_t> column_of(candidates.size());
    std::vector<float> weights;
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      column_of[c] = add_column(*candidates[c], *lookup, peaks, matrix);
      if (column_of[c] != kNone) weights.push_back(0);
    }
    kernel::Deconvolver solver;
    if (!weights.empty()) solver.solve(matrix, settings_.solver, weights);
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      const float weight = column_of[c] == kNone ? 0 : weights[column_of[c]];
      push(points, used, {context_.rt_of(scan), weight, scan, candidates[c]->owner});
    }
  }

  std::size_t add_column(const PlannedTrace& trace, const kernel::PeakLookup& lookup,
                         const ScanPeaks& peaks, kernel::DesignMatrix& matrix) const {
    const auto mz = context_.fragment_mz(trace.precursor);
    std::vector<std::int32_t> peak(mz.size());
    std::vector<float> intensity(mz.size());
    bool is_matched = false;
    for (std::size_t f = 0; f < mz.size(); ++f) {
      peak[f] = lookup.find(mz[f]);
      intensity[f] = 1 / static_cast<float>(mz.size());
      is_matched = is_matched || peak[f] >= 0;
    }
    if (!is_matched) return kNone;
    matrix.add_column(intensity, peak, peaks.intensity);
    return matrix.column_count() - 1;
  }

  static constexpr std::size_t kNone = ~std::size_t{0};
  const RunContext& context_;
  const TracePlan& plan_;
  kernel::TraceSettings settings_;
};

}  // namespace overland::bench
