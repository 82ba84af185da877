#include "explain/explain_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "kernel/peak_match.h"
#include "kernel/spectral_scores.h"
#include "search/window_search.h"

namespace overland::explain {
namespace {

using kernel::kTraceFragments;
using FragmentRow = std::vector<float>;  // one value per fragment

// Observed intensities of a candidate's fragments in every scan of the window.
std::vector<FragmentRow> observed(const search::WindowWorkspace& work, CandidateId candidate,
                                  PpmWindow tolerance) {
  const std::span<const float> mz = work.layout.template_mz(candidate);
  std::vector<FragmentRow> rows;
  for (const kernel::ScanPeaks& peaks : work.scans.scans()) {
    FragmentRow& row = rows.emplace_back(mz.size(), 0.0F);
    for (std::size_t f = 0; f < mz.size(); ++f) {
      const std::int32_t peak = kernel::nearest_peak(peaks.mz, mz[f], tolerance);
      if (peak >= 0) row[f] = peaks.intensity[static_cast<std::size_t>(peak)];
    }
  }
  return rows;
}

// Match of scan k, smoothed over its neighbours with weights 1 2 1 as in the search for peak
// groups.
BestScan look_at(const std::vector<FragmentRow>& rows, std::size_t k,
                 std::span<const float> library, std::span<const float> rt) {
  FragmentRow sum(library.size(), 0.0F);
  for (std::size_t f = 0; f < library.size(); ++f) {
    sum[f] =
        2 * rows[k][f] + (k > 0 ? rows[k - 1][f] : 0) + (k + 1 < rows.size() ? rows[k + 1][f] : 0);
  }
  BestScan scan{.rt_minutes = rt[k], .matched = 0, .cosine = 0};
  for (std::size_t f = 0; f < library.size(); ++f) scan.matched += sum[f] > 0 ? 1 : 0;
  scan.cosine = kernel::sqrt_cosine(library, sum);
  return scan;
}

bool is_better(const BestScan& a, const BestScan& b) {
  const auto match_score = [](const BestScan& s) {
    return s.cosine * s.cosine * static_cast<float>(s.matched);
  };
  return match_score(a) > match_score(b);
}

std::string fragment_label(const library::LibraryView& library, std::uint64_t fragment) {
  const std::uint8_t kind = library.fragment_kind[fragment];
  return fmt::format("{}{}^{}", library::kind_type(kind) == FragmentType::y ? 'y' : 'b',
                     library.fragment_ordinal[fragment], library::kind_charge(kind));
}

std::optional<CandidateId> candidate_of(const search::WindowWorkspace& work,
                                        PrecursorId precursor) {
  const auto& all = work.layout.precursor;
  const auto found = std::lower_bound(all.begin(), all.end(), precursor);
  if (found == all.end() || *found != precursor) return {};
  return CandidateId(static_cast<std::uint32_t>(found - all.begin()));
}

// The peaks of a scan that match a candidate's fragments.
std::set<std::int32_t> matched_peaks(const search::WindowWorkspace& work, CandidateId candidate,
                                     const kernel::ScanPeaks& peaks, PpmWindow tolerance) {
  std::set<std::int32_t> matched;
  for (const float mz : work.layout.template_mz(candidate)) {
    const std::int32_t peak = kernel::nearest_peak(peaks.mz, mz, tolerance);
    if (peak >= 0) matched.insert(peak);
  }
  return matched;
}

}  // namespace

WindowReplayer::WindowReplayer(const search::RunView& view, const search::RunModels& models,
                               const params::SecondPassParameters& config, WindowId window,
                               const Machine& machine)
    : view_(view), models_(models) {
  search::ScoringPool pool;
  static_cast<void>(search::WindowSearch(view, models, config, machine).run(window, work_, pool));
}

// Weight in each scan of the candidate's RT range; 0 if the scan's deconvolution does not include
// it.
std::vector<float> WindowReplayer::weights_of(CandidateId candidate) const {
  const std::uint32_t points =
      work_.layout.last_scan[candidate.index()] - work_.layout.first_scan[candidate.index()];
  std::vector<float> weights(points, 0);
  const kernel::FoundCandidate* found = work_.scoring.find_kept(candidate);
  if (found == nullptr) return weights;
  kernel::DenseTrace dense;
  work_.scoring.load(*found, 0, points, dense);
  for (std::uint32_t k = 0; k < points; ++k) weights[k] = dense.points[k].weight;
  return weights;
}

report::Chromatogram WindowReplayer::trace_of(CandidateId candidate,
                                              const std::vector<FragmentRow>& rows) const {
  report::Chromatogram trace;
  trace.run = view_.run.name();
  const std::uint32_t first = work_.layout.first_scan[candidate.index()].index();
  const std::uint32_t last = work_.layout.last_scan[candidate.index()].index();
  const PrecursorId precursor = work_.layout.precursor[candidate.index()];
  const std::span<const float> library = work_.layout.template_intensity(candidate);
  trace.is_decoy = view_.library.is_decoy[precursor.index()] != 0;
  trace.weight = weights_of(candidate);
  trace.share.assign(library.begin(), library.end());
  for (std::uint32_t k = first; k < last; ++k)
    trace.rt_minutes.push_back(work_.times.rt_minutes[k]);
  for (std::size_t f = 0; f < library.size(); ++f) {
    trace.fragments.push_back(
        fragment_label(view_.library, view_.library.fragment_begin[precursor.index()] + f));
    for (std::uint32_t k = first; k < last; ++k) trace.raw.push_back(rows[k][f]);
  }
  trace.rt_start = trace.rt_stop = trace.apex = std::numeric_limits<float>::quiet_NaN();
  return trace;
}

std::optional<WindowReplay> WindowReplayer::replay(PrecursorId precursor) const {
  const auto candidate = candidate_of(work_, precursor);
  if (!candidate) return {};
  WindowReplay replay;
  replay.candidates = work_.layout.size();
  replay.first_scan = work_.layout.first_scan[candidate->index()];
  replay.last_scan = work_.layout.last_scan[candidate->index()];
  replay.rt_first = work_.times.rt_minutes[replay.first_scan.index()];
  replay.rt_last = work_.times.rt_minutes[replay.last_scan.index() - 1];
  const std::span<const float> library = work_.layout.template_intensity(*candidate);
  replay.fragments = static_cast<int>(library.size());
  const auto rows = observed(work_, *candidate, models_.mass.tolerance);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const BestScan scan = look_at(rows, k, library, work_.times.rt_minutes);
    const bool is_inside = k >= replay.first_scan.index() && k < replay.last_scan.index();
    BestScan& best = is_inside ? replay.best_in_range : replay.best_elsewhere;
    if (is_better(scan, best)) best = scan;
  }
  replay.trace = trace_of(*candidate, rows);
  for (const float weight : replay.trace.weight) replay.columns += weight > 0 ? 1 : 0;
  return replay;
}

std::vector<Competitor> WindowReplayer::competitors_at(PrecursorId precursor,
                                                       float rt_minutes) const {
  constexpr std::size_t kMost = 12;
  std::vector<Competitor> all;
  const auto own = candidate_of(work_, precursor);
  if (!own) return all;
  WindowScan scan;
  for (WindowScan k; k.index() < work_.times.rt_minutes.size(); ++k)
    if (std::abs(work_.times.rt_minutes[k.index()] - rt_minutes) <
        std::abs(work_.times.rt_minutes[scan.index()] - rt_minutes))
      scan = k;
  const kernel::ScanPeaks peaks = work_.scans.at(scan);
  const PpmWindow tolerance = models_.mass.tolerance;
  const std::set<std::int32_t> mine = matched_peaks(work_, *own, peaks, tolerance);
  kernel::DenseTrace dense;
  for (std::size_t chunk = 0; chunk < work_.scoring.chunk_count(); ++chunk)
    for (const kernel::FoundCandidate& found : work_.scoring.found(chunk)) {
      const CandidateId c = found.candidate;
      const WindowScan first = work_.layout.first_scan[c.index()];
      if (c == *own || scan < first || scan >= work_.layout.last_scan[c.index()]) continue;
      work_.scoring.load(found, scan - first, scan - first + 1, dense);
      if (!(dense.points[0].weight > 0)) continue;
      Competitor other;
      other.weight = static_cast<double>(dense.points[0].weight);
      for (const std::int32_t peak : matched_peaks(work_, c, peaks, tolerance))
        other.shared_peaks += mine.contains(peak) ? 1 : 0;
      if (other.shared_peaks == 0) continue;
      const std::uint32_t p = work_.layout.precursor[c.index()].index();
      other.precursor =
          fmt::format("{}{}", view_.library.modified_sequence[p], view_.library.charge[p]);
      other.is_decoy = view_.library.is_decoy[p] != 0;
      all.push_back(std::move(other));
    }
  std::stable_sort(all.begin(), all.end(), [](const Competitor& a, const Competitor& b) {
    return a.shared_peaks != b.shared_peaks ? a.shared_peaks > b.shared_peaks : a.weight > b.weight;
  });
  if (all.size() > kMost) all.resize(kMost);
  return all;
}

}  // namespace overland::explain
