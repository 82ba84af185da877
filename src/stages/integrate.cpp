#include "stages/integrate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "base/parallel.h"
#include "base/progress.h"
#include "kernel/robust_statistics.h"
#include "kernel/whittaker.h"
#include "stages/charge_bases.h"
#include "stages/window_pass.h"

namespace overland {
namespace {

using kernel::kTraceFragments;
constexpr double kTraceWidths = 6;  // half-length of a trace, in peak widths of the run
constexpr std::uint32_t kMinHalfScans = 8;
constexpr std::uint32_t kMaxHalfScans = 120;

struct Workspace {
  CorrectedScans scans;
  kernel::TraceLayout layout;
  kernel::TracePass pass;
  kernel::DenseTrace trace;
  kernel::WhittakerSmoother smoother;
  std::vector<float> rt_minutes;
  std::vector<double> x, raw, weight, smoothed, t;
};

// Median time between the limits of the passing peaks: the run's peak width.
double run_peak_width(const std::vector<ScoredRow>& passing, const RunModels& models) {
  std::vector<double> widths;
  for (const ScoredRow& row : passing) {
    widths.push_back(static_cast<double>(row.rt_stop) - static_cast<double>(row.rt_start));
  }
  return std::max({0.5 * median_of(std::move(widths)), models.cycle_minutes, 1e-4});
}

class Integrator {
 public:
  Integrator(const RunContext& context, const RunModels& models,
             const std::vector<ScoredRow>& passing, const SearchConfig& config)
      : context_(context),
        models_(models),
        passing_(passing),
        config_(config),
        peak_width_(run_peak_width(passing, models)) {}

  // `members`: positions in `passing` of the precursors of window `w`.
  void run(std::size_t w, std::span<const std::size_t> members, Workspace& work,
           std::vector<Quantity>& out) const {
    const IsolationWindow& window = context_.windows[w];
    if (members.empty()) return;
    work.rt_minutes.clear();
    for (const std::uint32_t scan : window.scans) work.rt_minutes.push_back(context_.rt_of(scan));
    lay_out(window, members, work);
    work.scans.assign(context_, models_, window);
    kernel::TraceSettings settings = trace_settings(models_, config_);
    settings.min_matched = 1;  // a passing precursor is really there; its flanks count too
    run_trace_pass(work.pass, work.layout, work.scans.scans(), settings, context_.threads);
    for (std::size_t i = 0; i < members.size(); ++i) {
      out[members[i]] = integrate_one(window, i, passing_[members[i]], work);
    }
  }

 private:
  void lay_out(const IsolationWindow& window, std::span<const std::size_t> members,
               Workspace& work) const {
    work.layout.clear();
    const auto scan_count = static_cast<std::uint32_t>(work.rt_minutes.size());
    const double cycle = std::max(models_.cycle_minutes, 1e-6);
    const auto half = static_cast<std::uint32_t>(std::clamp(kTraceWidths * peak_width_ / cycle,
                                                            static_cast<double>(kMinHalfScans),
                                                            static_cast<double>(kMaxHalfScans)));
    std::array<float, kTraceFragments> intensity{};
    const ChargeBases bases(context_.library, models_, window_center(window));
    for (const std::size_t member : members) {
      const ScoredRow& row = passing_[member];
      const std::uint32_t apex = nearest_scan(work.rt_minutes, row.rt_minutes);
      const std::size_t count = context_.library.intensities(
          row.precursor, bases.of(context_.library.charge[row.precursor]), intensity);
      work.layout.add(
          row.precursor, apex > half ? apex - half : 0, std::min(apex + half + 1, scan_count),
          context_.fragment_mz(row.precursor).first(count), std::span(intensity).first(count));
    }
  }

  static std::uint32_t nearest_scan(std::span<const float> rt, float t) {
    const auto above = std::lower_bound(rt.begin(), rt.end(), t);
    if (above == rt.begin()) return 0;
    if (above == rt.end()) return static_cast<std::uint32_t>(rt.size() - 1);
    const auto below = above - 1;
    return static_cast<std::uint32_t>((*above - t < t - *below ? above : below) - rt.begin());
  }

  // Time axis in peak widths; scans with equal time stamps are set apart by a hair.
  void load_trace(std::size_t candidate, Workspace& work) const {
    const std::uint32_t first = work.layout.first_scan[candidate];
    work.pass.load(work.pass.kept(candidate), 0, work.layout.last_scan[candidate] - first,
                   work.trace);
    const std::vector<kernel::PointScores>& points = work.trace.points;
    work.x.clear();
    work.t.clear();
    work.raw.clear();
    for (std::size_t k = 0; k < points.size(); ++k) {
      double t = static_cast<double>(work.rt_minutes[first + k]);
      if (!work.t.empty()) t = std::max(t, work.t.back() + 1e-6);
      work.t.push_back(t);
      work.x.push_back((t - work.t.front()) / peak_width_);
      work.raw.push_back(static_cast<double>(points[k].weight));
    }
    work.weight.assign(points.size(), 1);
    work.smoothed.resize(points.size());
  }

  Quantity integrate_one(const IsolationWindow& window, std::size_t candidate, const ScoredRow& row,
                         Workspace& work) const {
    load_trace(candidate, work);
    work.smoother.smooth(work.x, work.raw, work.weight, config_.integrate.smoothing, work.smoothed);
    const std::uint32_t first = work.layout.first_scan[candidate];
    const std::uint32_t start = nearest_scan(work.rt_minutes, row.rt_minutes) - first;
    const kernel::LimitSettings limits{.edge_fraction = config_.integrate.edge_fraction,
                                       .allowed_rise = config_.integrate.allowed_rise};
    const kernel::IntegratedPeak peak =
        kernel::integrate_peak(work.t, work.raw, work.smoothed, start, limits);
    Quantity q;
    q.precursor = row.precursor;
    q.status = peak.status;
    q.apex_scan =
        window.scans[first + std::min<std::size_t>(
                                 peak.status == kernel::QuantityStatus::ok ? peak.apex : start,
                                 work.t.size() - 1)];
    q.rt_minutes = row.rt_minutes;
    q.rt_start = row.rt_start;
    q.rt_stop = row.rt_stop;
    if (peak.status != kernel::QuantityStatus::ok) return q;
    q.rt_minutes = work.rt_minutes[first + peak.apex];
    q.rt_start = work.rt_minutes[first + peak.left];
    q.rt_stop = work.rt_minutes[first + peak.right];
    q.fwhm_minutes = static_cast<float>(peak.fwhm_minutes);
    q.area = peak.area;
    q.height = peak.height;
    q.points = peak.points;
    q.interference = interference(work.trace.points, peak);
    return q;
  }

  // Over the peak, weighted by the precursor's own signal.
  static float interference(std::span<const kernel::PointScores> points,
                            const kernel::IntegratedPeak& peak) {
    float own = 0;
    float pure = 0;
    for (std::uint32_t k = peak.left; k <= peak.right; ++k) {
      own += points[k].weight;
      pure += points[k].weight * points[k].purity;
    }
    return own > 0 ? 1 - pure / own : 0;
  }

  const RunContext& context_;
  const RunModels& models_;
  const std::vector<ScoredRow>& passing_;
  const SearchConfig& config_;
  double peak_width_;
};

}  // namespace

std::size_t most_central_window(std::span<const IsolationWindow> windows, Mz mz) {
  std::size_t best = windows.size();
  double best_distance = 0;
  for (std::size_t w = 0; w < windows.size(); ++w) {
    const double low = static_cast<double>(windows[w].low_mz);
    const double high = static_cast<double>(windows[w].high_mz);
    if (mz.value < low || mz.value >= high) continue;
    const double distance = std::abs(mz.value - (low + high) / 2);
    if (best == windows.size() || distance < best_distance) {
      best = w;
      best_distance = distance;
    }
  }
  return best;
}

std::vector<Quantity> integrate(const RunContext& context, const RunModels& models,
                                const std::vector<ScoredRow>& passing, const SearchConfig& config) {
  std::vector<std::vector<std::size_t>> members(context.windows.size());
  std::vector<Quantity> out(passing.size());
  for (std::size_t i = 0; i < passing.size(); ++i) {
    const Mz mz{static_cast<double>(context.library.precursor_mz[passing[i].precursor])};
    const std::size_t w = most_central_window(context.windows, mz);
    out[i].precursor = passing[i].precursor;
    out[i].status = kernel::QuantityStatus::outside;
    if (w < members.size()) members[w].push_back(i);
  }
  const Integrator integrator(context, models, passing, config);
  std::vector<std::unique_ptr<Workspace>> workspaces(static_cast<std::size_t>(context.threads));
  ProgressBar progress("integrate", members.size(), "windows");
  parallel_for(members.size(), context.threads, [&](std::size_t w, int worker) {
    auto& work = workspaces[static_cast<std::size_t>(worker)];
    if (!work) work = std::make_unique<Workspace>();
    integrator.run(w, members[w], *work, out);
    progress.tick();
  });
  return out;
}

}  // namespace overland
