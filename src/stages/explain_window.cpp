#include "stages/explain_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "kernel/spectral_scores.h"
#include "stages/window_pass.h"

namespace overland {
namespace {

using kernel::kTraceFragments;
using FragmentRow = std::array<float, kTraceFragments>;

// Observed intensity of each of a candidate's fragments in every scan of the window.
std::vector<FragmentRow> observed(const WindowWorkspace& work, std::size_t candidate,
                                  PpmWindow tolerance) {
  const std::span<const float> mz = work.layout.template_mz(candidate);
  std::vector<FragmentRow> rows;
  for (const ScanPeaks& peaks : work.scans.scans()) {
    FragmentRow& row = rows.emplace_back();
    row.fill(0);
    for (std::size_t f = 0; f < mz.size(); ++f) {
      const std::int32_t peak = nearest_peak(peaks, static_cast<double>(mz[f]), tolerance);
      if (peak >= 0) row[f] = peaks.intensity[static_cast<std::size_t>(peak)];
    }
  }
  return rows;
}

// Scan k with its neighbours, weights 1 2 1, as the search for peak groups sees it.
BestScan look_at(const std::vector<FragmentRow>& rows, std::size_t k,
                 std::span<const float> library, std::span<const float> rt) {
  FragmentRow sum{};
  for (std::size_t f = 0; f < library.size(); ++f) {
    sum[f] =
        2 * rows[k][f] + (k > 0 ? rows[k - 1][f] : 0) + (k + 1 < rows.size() ? rows[k + 1][f] : 0);
  }
  BestScan scan{.rt_minutes = rt[k], .matched = 0, .cosine = 0};
  for (std::size_t f = 0; f < library.size(); ++f) scan.matched += sum[f] > 0 ? 1 : 0;
  scan.cosine = kernel::sqrt_cosine(library, std::span<const float>(sum).first(library.size()));
  return scan;
}

bool is_better(const BestScan& a, const BestScan& b) {
  const auto evidence = [](const BestScan& s) {
    return s.cosine * s.cosine * static_cast<float>(s.matched);
  };
  return evidence(a) > evidence(b);
}

std::string fragment_label(const LibraryView& library, std::uint64_t fragment) {
  const std::uint8_t kind = library.fragment_kind[fragment];
  return fmt::format("{}{}^{}", kind_type(kind) == FragmentType::y ? 'y' : 'b',
                     library.fragment_ordinal[fragment], kind_charge(kind));
}

Chromatogram trace_of(const RunContext& context, const WindowWorkspace& work, std::size_t candidate,
                      const std::vector<FragmentRow>& rows,
                      std::span<const kernel::PointScores> points) {
  Chromatogram trace;
  trace.run = context.run.name();
  const std::uint32_t first = work.layout.first_scan[candidate];
  const std::uint32_t last = work.layout.last_scan[candidate];
  const std::uint32_t precursor = work.layout.precursor[candidate];
  const std::span<const float> library = work.layout.template_intensity(candidate);
  trace.is_decoy = context.library.is_decoy[precursor] != 0;
  for (std::uint32_t k = first; k < last; ++k) {
    trace.rt_minutes.push_back(work.rt_minutes[k]);
    trace.weight.push_back(points[k - first].weight);
  }
  for (std::size_t f = 0; f < library.size(); ++f) {
    trace.fragments.push_back(
        fragment_label(context.library, context.library.fragment_begin[precursor] + f));
    for (std::uint32_t k = first; k < last; ++k) {
      trace.raw.push_back(rows[k][f]);
      trace.fitted.push_back(library[f] * points[k - first].weight);
    }
  }
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  trace.rt_start = trace.rt_stop = trace.apex = kNone;
  return trace;
}

// Of all scans of its interval; 0 outside the candidate's peak groups.
std::vector<kernel::PointScores> points_of(const WindowWorkspace& work, std::size_t candidate) {
  const std::uint32_t scans = work.layout.last_scan[candidate] - work.layout.first_scan[candidate];
  const kernel::FoundCandidate* found = work.pass.find(candidate);
  if (found == nullptr) return std::vector<kernel::PointScores>(scans);
  kernel::DenseTrace trace;
  work.pass.load(*found, 0, scans, trace);
  return trace.points;
}

std::optional<std::size_t> candidate_of(const WindowWorkspace& work, std::uint32_t precursor) {
  const auto& all = work.layout.precursor;
  const auto found = std::lower_bound(all.begin(), all.end(), precursor);
  if (found == all.end() || *found != precursor) return {};
  return static_cast<std::size_t>(found - all.begin());
}

// The peaks of a scan that a candidate's fragments match.
std::set<std::int32_t> matched_peaks(const WindowWorkspace& work, std::size_t candidate,
                                     const ScanPeaks& peaks, PpmWindow tolerance) {
  std::set<std::int32_t> matched;
  for (const float mz : work.layout.template_mz(candidate)) {
    const std::int32_t peak = nearest_peak(peaks, static_cast<double>(mz), tolerance);
    if (peak >= 0) matched.insert(peak);
  }
  return matched;
}

}  // namespace

std::optional<WindowReplay> replay_window(const RunContext& context, const RunModels& models,
                                          const SearchConfig& config, std::size_t window,
                                          std::uint32_t precursor) {
  WindowWorkspace work;
  const WindowPass pass(context, models, config);
  static_cast<void>(pass.run(window, work));
  const auto candidate = candidate_of(work, precursor);
  if (!candidate) return {};
  WindowReplay replay;
  replay.candidates = work.layout.size();
  replay.first_scan = work.layout.first_scan[*candidate];
  replay.last_scan = work.layout.last_scan[*candidate];
  replay.rt_first = work.rt_minutes[replay.first_scan];
  replay.rt_last = work.rt_minutes[replay.last_scan - 1];
  const std::span<const float> library = work.layout.template_intensity(*candidate);
  replay.fragments = static_cast<int>(library.size());
  const auto rows = observed(work, *candidate, models.mass.tolerance);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const BestScan scan = look_at(rows, k, library, work.rt_minutes);
    const bool is_inside = k >= replay.first_scan && k < replay.last_scan;
    BestScan& best = is_inside ? replay.best_in_range : replay.best_elsewhere;
    if (is_better(scan, best)) best = scan;
  }
  const auto points = points_of(work, *candidate);
  for (const kernel::PointScores& point : points) replay.columns += point.weight > 0 ? 1 : 0;
  replay.trace = trace_of(context, work, *candidate, rows, points);
  return replay;
}

std::vector<Competitor> competitors_at(const RunContext& context, const RunModels& models,
                                       const SearchConfig& config, std::size_t window,
                                       std::uint32_t precursor, float rt_minutes) {
  constexpr std::size_t kMost = 12;
  WindowWorkspace work;
  const WindowPass pass(context, models, config);
  static_cast<void>(pass.run(window, work));
  std::vector<Competitor> all;
  const auto own = candidate_of(work, precursor);
  if (!own) return all;
  std::uint32_t scan = 0;
  for (std::uint32_t k = 0; k < work.rt_minutes.size(); ++k)
    if (std::abs(work.rt_minutes[k] - rt_minutes) < std::abs(work.rt_minutes[scan] - rt_minutes))
      scan = k;
  const ScanPeaks peaks = work.scans.scans()[scan];
  const PpmWindow tolerance = models.mass.tolerance;
  const std::set<std::int32_t> mine = matched_peaks(work, *own, peaks, tolerance);
  for (std::size_t c = 0; c < work.layout.size(); ++c) {
    const std::uint32_t first = work.layout.first_scan[c];
    if (c == *own || scan < first || scan >= work.layout.last_scan[c]) continue;
    const float weight = points_of(work, c)[scan - first].weight;
    if (!(weight > 0)) continue;
    Competitor other{.weight = static_cast<double>(weight)};
    for (const std::int32_t peak : matched_peaks(work, c, peaks, tolerance))
      other.shared_peaks += mine.contains(peak) ? 1 : 0;
    if (other.shared_peaks == 0) continue;
    const std::uint32_t p = work.layout.precursor[c];
    other.precursor =
        fmt::format("{}{}", context.library.modified_sequence[p], context.library.charge[p]);
    other.is_decoy = context.library.is_decoy[p] != 0;
    all.push_back(std::move(other));
  }
  std::stable_sort(all.begin(), all.end(), [](const Competitor& a, const Competitor& b) {
    return a.shared_peaks != b.shared_peaks ? a.shared_peaks > b.shared_peaks : a.weight > b.weight;
  });
  if (all.size() > kMost) all.resize(kMost);
  return all;
}

}  // namespace overland
