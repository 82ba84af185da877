#include "quantify/merged_trace.h"

#include <algorithm>
#include <numeric>

#include "chemistry/constants.h"
#include "chemistry/isotopes.h"

namespace overland::quantify {
namespace {

constexpr std::size_t kMinShared = 3;
constexpr std::size_t kTransmittedIsotopes = 3;

// Linear between the points of a trace; 0 outside.
double value_at(const MergedTrace& trace, double t) {
  const auto above = std::lower_bound(trace.t.begin(), trace.t.end(), t);
  if (above == trace.t.end()) return 0;
  const auto i = static_cast<std::size_t>(above - trace.t.begin());
  if (i == 0) return *above == t ? trace.raw[0] : 0;
  const double share = (t - trace.t[i - 1]) / (trace.t[i] - trace.t[i - 1]);
  return trace.raw[i - 1] + share * (trace.raw[i] - trace.raw[i - 1]);
}

template <class T>
void permute(const std::vector<std::uint32_t>& order, const std::vector<T>& from,
             std::vector<T>& to) {
  to.clear();
  for (const std::uint32_t i : order) to.push_back(from[i]);
}

}  // namespace

void MergedTrace::clear() {
  t.clear();
  raw.clear();
  weight.clear();
  counting.clear();
  residual.clear();
  purity.clear();
  scan.clear();
}

void MergedTrace::reserve(std::size_t points) {
  t.reserve(points);
  raw.reserve(points);
  weight.reserve(points);
  counting.reserve(points);
  residual.reserve(points);
  purity.reserve(points);
  scan.reserve(points);
}

double nominal_transmission(const run::IsolationWindow& window, double mz, int charge) {
  const IsotopeDistribution share = averagine_distribution((mz - kProtonMass) * charge);
  double inside = 0;
  double total = 0;
  for (std::size_t k = 0; k < kTransmittedIsotopes; ++k) {
    const double isotope = mz + static_cast<double>(k) * kCarbon13Spacing / charge;
    total += static_cast<double>(share[k]);
    inside += window.isolates(Mz{isotope}) ? static_cast<double>(share[k]) : 0;
  }
  return inside / total;
}

void TraceMerger::append(const StoredTrace& trace, double gain, double weight,
                         MergedTrace& out) const {
  const auto scans = scans_of(view_, trace.list);
  for (std::uint32_t k = 0; k < trace.length; ++k) {
    const kernel::TracePoint point = file_.point(trace.first_point + k);
    const RunScan scan = scans[(trace.first_scan + k).index()];
    out.t.push_back(static_cast<double>(view_.rt_of(scan)));
    out.raw.push_back(static_cast<double>(point.weight) / gain);
    out.weight.push_back(weight);
    out.counting.push_back(static_cast<double>(kernel::from_short_float(point.counting_sd)) / gain);
    out.residual.push_back(static_cast<double>(kernel::from_short_float(point.residual_sd)) / gain);
    out.purity.push_back(static_cast<float>(point.purity) / 255);
    out.scan.push_back(scan);
  }
}

// Scans with equal time stamps are set apart by a hair.
void TraceMerger::sort_by_time(MergedTrace& out) {
  if (!std::is_sorted(out.t.begin(), out.t.end())) {
    order_.resize(out.size());
    std::iota(order_.begin(), order_.end(), 0U);
    std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return out.t[a] != out.t[b] ? out.t[a] < out.t[b] : out.scan[a] < out.scan[b];
    });
    permute(order_, out.t, sorted_.t);
    permute(order_, out.raw, sorted_.raw);
    permute(order_, out.weight, sorted_.weight);
    permute(order_, out.counting, sorted_.counting);
    permute(order_, out.residual, sorted_.residual);
    permute(order_, out.purity, sorted_.purity);
    permute(order_, out.scan, sorted_.scan);
    std::swap(out, sorted_);
  }
  constexpr double kHair = 1e-6;  // minutes
  for (std::size_t i = 1; i < out.size(); ++i) out.t[i] = std::max(out.t[i], out.t[i - 1] + kHair);
}

double TraceMerger::gain_of(const StoredTrace& trace, const MergedTrace& best, double from,
                            double to) {
  ratios_.clear();
  const auto scans = scans_of(view_, trace.list);
  for (std::uint32_t k = 0; k < trace.length; ++k) {
    const double t = static_cast<double>(view_.rt_of(scans[(trace.first_scan + k).index()]));
    const double mine = static_cast<double>(file_.point(trace.first_point + k).weight);
    const double other = value_at(best, t);
    if (t >= from && t <= to && mine > 0 && other > 0) ratios_.push_back(mine / other);
  }
  if (ratios_.size() < kMinShared) return 0;
  const auto middle = ratios_.begin() + static_cast<std::ptrdiff_t>(ratios_.size() / 2);
  std::nth_element(ratios_.begin(), middle, ratios_.end());
  return *middle;
}

void TraceMerger::load(std::size_t row, PrecursorId precursor, double rt_minutes,
                       double width_minutes, MergedTrace& out) {
  out.clear();
  const double mz = static_cast<double>(view_.library.precursor_mz[precursor.index()]);
  const int charge = view_.library.charge[precursor.index()];
  const auto traces = file_.traces_of(row);
  std::optional<WindowId> central;
  for (const StoredTrace& trace : traces) {  // all are of one condition
    if (const std::optional<WindowId> window = window_of(view_, trace.list); window && !central)
      central =
          run::most_central_window(view_.windows, Mz{mz}, view_.windows[window->index()].condition);
  }
  if (!central)
    return;  // only heavier isotopes are isolated: nothing to compare with other precursors
  const auto share_of = [&](WindowId window) {
    return std::max(0.01, nominal_transmission(view_.windows[window.index()], mz, charge));
  };
  for (const StoredTrace& trace : traces) {
    if (trace.list == list_of(*central)) append(trace, 1, share_of(*central), out);
  }
  if (traces.size() > 1) {
    best_.clear();
    std::swap(best_, out);
    out = best_;
    for (const StoredTrace& trace : traces) {
      const std::optional<WindowId> window = window_of(view_, trace.list);
      if (!window || window == central) continue;
      const double gain =
          gain_of(trace, best_, rt_minutes - width_minutes, rt_minutes + width_minutes);
      if (gain > 0) append(trace, gain, share_of(*window), out);
    }
  }
  sort_by_time(out);
}

bool TraceMerger::load_ms1(std::size_t row, MergedTrace& out) {
  out.clear();
  for (const StoredTrace& trace : file_.traces_of(row)) {
    if (is_ms1(view_, trace.list)) append(trace, 1, 1, out);
  }
  sort_by_time(out);
  return out.size() > 0;
}

}  // namespace overland::quantify
