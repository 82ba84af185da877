#include "quantify/integrate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "base/parallel.h"
#include "base/progress.h"
#include "kernel/area_errors.h"
#include "kernel/whittaker.h"
#include "quantify/merged_trace.h"

namespace overland::quantify {
namespace {

using kernel::IntegratedPeak;
using kernel::QuantityStatus;

struct Worker {
  explicit Worker(const IntegrationInput& input) : merger(input.view, input.traces) {}
  TraceMerger merger;
  MergedTrace trace;
  kernel::WhittakerSmoother smoother;
  kernel::AreaErrorEstimator errors;
  std::vector<double> x, smoothed, coefficient;
};

class Integrator {
 public:
  explicit Integrator(const IntegrationInput& input)
      : input_(input),
        config_(input.config),
        peak_width_(run_peak_width(input.accepted, input.models)) {}

  void integrate_row(std::size_t row, Worker& work, Quantity& q, kernel::AreaErrors& errors) const {
    const identify::ScoredRow& scored = input_.accepted[row];
    q.precursor = scored.precursor;
    q.apex_scan = scored.apex_scan;
    q.rt_minutes = scored.rt_minutes;
    q.rt_start = scored.rt_start;
    q.rt_stop = scored.rt_stop;
    q.ms1_area = std::numeric_limits<double>::quiet_NaN();
    const double rt = static_cast<double>(scored.rt_minutes);
    work.merger.load(row, PrecursorId(scored.precursor), rt, peak_width_, work.trace);
    if (work.trace.size() == 0) {
      q.status = QuantityStatus::outside;
      return;
    }
    smooth(work);
    const auto start = static_cast<std::uint32_t>(
        std::min_element(work.trace.t.begin(), work.trace.t.end(),
                         [&](double a, double b) { return std::abs(a - rt) < std::abs(b - rt); }) -
        work.trace.t.begin());
    const IntegratedPeak peak = kernel::integrate_peak(work.trace.t, work.trace.raw, work.smoothed,
                                                       start, limits_of(scored.precursor));
    q.status = peak.status;
    if (peak.status != QuantityStatus::ok) return;
    describe(work, peak, q);
    const MergedTrace& trace = work.trace;
    errors = work.errors.estimate(
        {trace.t, trace.raw, work.smoothed, trace.weight, trace.counting, trace.residual}, work.x,
        peak, smoothing());
    q.ms1_area = ms1_area(row, peak, work);
  }

 private:
  void smooth(Worker& work) const {
    const MergedTrace& trace = work.trace;
    work.x.clear();
    for (const double t : trace.t) work.x.push_back((t - trace.t.front()) / peak_width_);
    work.smoothed.resize(trace.size());
    work.smoother.smooth(work.x, trace.raw, trace.weight, smoothing(), work.smoothed);
  }

  [[nodiscard]] kernel::WhittakerSettings smoothing() const {
    return {config_.smoothing, static_cast<int>(config_.differences)};
  }

  [[nodiscard]] kernel::LimitSettings limits_of(std::uint32_t precursor) const {
    kernel::LimitSettings limits{.edge_fraction = config_.edge_fraction,
                                 .allowed_rise = config_.allowed_rise,
                                 .farthest_minutes = config_.max_half_width * peak_width_};
    limits.baseline = config_.baseline;
    if (input_.limits == nullptr) return limits;
    const std::optional<std::size_t> i = input_.limits->find(precursor);
    if (!i) return limits;
    limits.before_apex = static_cast<double>(input_.limits->before[*i]) * input_.width_minutes;
    limits.after_apex = static_cast<double>(input_.limits->after[*i]) * input_.width_minutes;
    return limits;
  }

  static void describe(const Worker& work, const IntegratedPeak& peak, Quantity& q) {
    q.apex_scan = work.trace.scan[peak.apex];
    q.rt_minutes = static_cast<float>(work.trace.t[peak.apex]);
    q.rt_start = static_cast<float>(peak.start_minutes);
    q.rt_stop = static_cast<float>(peak.stop_minutes);
    q.fwhm_minutes = static_cast<float>(peak.fwhm_minutes);
    q.area = peak.area;
    q.height = peak.height;
    q.points = peak.points;
    double own = 0;
    double pure = 0;
    for (std::uint32_t k = peak.left; k <= peak.right; ++k) {
      own += work.trace.raw[k];
      pure += work.trace.raw[k] * static_cast<double>(work.trace.purity[k]);
    }
    q.interference = static_cast<float>(own > 0 ? 1 - pure / own : 0);
  }

  // Within the limits of the fragments' peak.
  double ms1_area(std::size_t row, IntegratedPeak peak, Worker& work) const {
    if (!work.merger.load_ms1(row, work.trace)) return std::numeric_limits<double>::quiet_NaN();
    smooth(work);
    const auto at_start =
        std::lower_bound(work.trace.t.begin(), work.trace.t.end(), peak.start_minutes);
    peak.left = static_cast<std::uint32_t>(at_start - work.trace.t.begin());
    if (peak.start_minutes == peak.stop_minutes) return std::numeric_limits<double>::quiet_NaN();
    work.coefficient.resize(work.trace.size());
    kernel::area_coefficients(work.trace.t, peak, work.coefficient);
    double area = 0;
    for (std::size_t k = 0; k < work.trace.size(); ++k) {
      area += work.coefficient[k] * work.smoothed[k];
    }
    return area > 0 ? area : std::numeric_limits<double>::quiet_NaN();
  }

  const IntegrationInput& input_;
  const params::IntegrateConfig& config_;
  double peak_width_;
};

}  // namespace

Integration integrate(const IntegrationInput& input) {
  const Integrator integrator(input);
  Integration result;
  result.rows.resize(input.accepted.size());
  std::vector<kernel::AreaErrors> errors(input.accepted.size());
  std::vector<std::unique_ptr<Worker>> workers(static_cast<std::size_t>(input.machine.threads));
  ProgressBar progress(input.machine, "integrate", input.accepted.size(), "precursors");
  parallel_for(input.accepted.size(), input.machine, [&](std::size_t row, int worker) {
    auto& work = workers[static_cast<std::size_t>(worker)];
    if (!work) work = std::make_unique<Worker>(input);
    integrator.integrate_row(row, *work, result.rows[row], errors[row]);
    progress.tick();
  });
  std::vector<kernel::PeakRoughness> roughness;
  roughness.reserve(errors.size());
  for (const kernel::AreaErrors& e : errors) roughness.push_back(e.roughness);
  result.noise = kernel::fit_noise(roughness);
  for (std::size_t row = 0; row < errors.size(); ++row) {
    if (result.rows[row].status == QuantityStatus::ok) {
      result.rows[row].sd = std::sqrt(kernel::area_variance(errors[row], result.noise));
    }
  }
  return result;
}

}  // namespace overland::quantify
