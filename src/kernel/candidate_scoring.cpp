#include "kernel/candidate_scoring.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace overland::kernel {
namespace {

constexpr std::size_t kCandidatesPerChunk = 1024;
constexpr std::size_t kScansPerPart = 128;

int count_matched(const FragmentPeaks& peaks) {
  return static_cast<int>(std::count_if(peaks.begin(), peaks.end(), [](auto p) { return p >= 0; }));
}

}  // namespace

// A counting sort by bin keeps the order in which the peaks come: by scan, then m/z.
void WindowPeaks::build(std::span<const ScanPeaks> scans) {
  entries_.clear();
  bin_begin_.clear();
  lowest_bin_ = std::numeric_limits<std::uint32_t>::max();
  highest_bin_ = 0;
  for (const ScanPeaks& scan : scans) {
    const auto low = std::find_if(scan.mz.begin(), scan.mz.end(), is_searched);
    if (low == scan.mz.end()) continue;
    const auto high = std::find_if(scan.mz.rbegin(), scan.mz.rend(), is_searched);
    lowest_bin_ = std::min(lowest_bin_, bin_of(*low));
    highest_bin_ = std::max(highest_bin_, bin_of(*high));
  }
  if (lowest_bin_ > highest_bin_) return;
  bin_begin_.assign(highest_bin_ - lowest_bin_ + 2, 0);
  for (const ScanPeaks& scan : scans) {
    for (const float mz : scan.mz) {
      if (is_searched(mz)) ++bin_begin_[bin_of(mz) - lowest_bin_ + 1];
    }
  }
  std::partial_sum(bin_begin_.begin(), bin_begin_.end(), bin_begin_.begin());
  entries_.resize(bin_begin_.back());
  // This moves the begin of each bin to its end, the begin of the next bin; corrected below.
  for (std::uint32_t s = 0; s < scans.size(); ++s) {
    for (std::uint32_t i = 0; i < scans[s].size(); ++i) {
      const float mz = scans[s].mz[i];
      if (!is_searched(mz)) continue;
      entries_[bin_begin_[bin_of(mz) - lowest_bin_]++] = {mz, scans[s].intensity[i], s, i};
    }
  }
  std::copy_backward(bin_begin_.begin(), bin_begin_.end() - 1, bin_begin_.end());
  bin_begin_.front() = 0;
}

std::int32_t WindowPeaks::nearest(float theoretical_mz, PpmWindow tolerance,
                                  std::uint32_t scan) const {
  const Entry* nearest = nullptr;
  for_each(theoretical_mz, tolerance, scan, scan + 1, [&](const Entry& entry) {
    if (nearest == nullptr || is_nearer(entry.mz, nearest->mz, theoretical_mz)) nearest = &entry;
  });
  return nearest == nullptr ? -1 : static_cast<std::int32_t>(nearest->peak);
}

// A second peak of the fragment in one scan: keeps the peak nearer to the theoretical m/z. This is
// rare, so a linear search is fast enough.
void CandidateMatches::replace(std::size_t begin, const Hit& hit, float theoretical_mz) {
  std::size_t i = hits_.size();
  while (i > begin && hits_[i - 1].k != hit.k) --i;
  if (i == begin) return;
  Hit& held = hits_[i - 1];
  if (is_nearer(hit.mz, held.mz, theoretical_mz)) held = hit;
}

void CandidateMatches::find(const WindowPeaks& peaks, std::span<const float> fragment_mz,
                            PpmWindow tolerance, std::uint32_t first, std::uint32_t last) {
  seen_.assign(last - first, 0);
  hits_.clear();
  const std::size_t count = std::min(fragment_mz.size(), kTraceFragments);
  for (std::size_t f = 0; f < count; ++f) peaks.prefetch_bin(fragment_mz[f], tolerance);
  for (std::size_t f = 0; f < count; ++f) peaks.prefetch_entries(fragment_mz[f], tolerance);
  for (std::uint32_t f = 0; f < count; ++f) {
    const std::size_t begin = hits_.size();
    const float theoretical = fragment_mz[f];
    const std::uint32_t bit = 1U << f;
    peaks.for_each(theoretical, tolerance, first, last, [&](const WindowPeaks::Entry& entry) {
      const std::uint32_t k = entry.scan - first;
      const Hit hit{k, f, static_cast<std::int32_t>(entry.peak), entry.mz, entry.intensity};
      if ((seen_[k] & bit) == 0) {
        seen_[k] |= bit;
        hits_.push_back(hit);
      } else {
        replace(begin, hit, theoretical);
      }
    });
  }
}

bool CandidateMatches::has_triple(int fragments) const {
  if (hits_.size() < static_cast<std::size_t>(fragments)) return false;
  std::uint32_t before = 0;
  for (std::size_t k = 0; k < seen_.size(); ++k) {
    const std::uint32_t after = k + 1 < seen_.size() ? seen_[k + 1] : 0;
    if (std::popcount(before | seen_[k] | after) >= fragments) return true;
    before = seen_[k];
  }
  return false;
}

void CandidateMatches::fill(std::vector<float>& intensity,
                            std::vector<std::uint8_t>& matched) const {
  intensity.assign(seen_.size() * kTraceFragments, 0);
  matched.resize(seen_.size());
  for (std::size_t k = 0; k < seen_.size(); ++k) {
    matched[k] = static_cast<std::uint8_t>(std::popcount(seen_[k]));
  }
  for (const Hit& hit : hits_) intensity[hit.k * kTraceFragments + hit.fragment] = hit.intensity;
}

void CandidateMatches::fill(std::vector<FragmentPeaks>& peaks) const {
  FragmentPeaks none;
  none.fill(-1);
  peaks.assign(seen_.size(), none);
  for (const Hit& hit : hits_) peaks[hit.k][hit.fragment] = hit.peak;
}

void TraceLayout::clear() {
  precursor.clear();
  first_scan.clear();
  last_scan.clear();
  point_begin.assign(1, 0);
  fragment_mz.clear();
  fragment_intensity.clear();
  fragment_count.clear();
  isotopes.clear();
}

void TraceLayout::add(PrecursorId precursor_id, WindowScan first, WindowScan last,
                      std::span<const float> mz) {
  if (point_begin.empty()) point_begin.assign(1, 0);
  precursor.push_back(precursor_id);
  first_scan.push_back(first);
  last_scan.push_back(last);
  point_begin.push_back(point_begin.back() + (last - first));
  const std::size_t count = std::min(mz.size(), kTraceFragments);
  fragment_count.push_back(static_cast<std::uint8_t>(count));
  fragment_mz.resize(fragment_mz.size() + kTraceFragments, 0);
  std::copy_n(mz.begin(), count, fragment_mz.end() - kTraceFragments);
  fragment_intensity.resize(fragment_mz.size(), 0);
  isotopes.emplace_back();
}

void TraceLayout::set_template(CandidateId candidate, std::span<const float> intensity,
                               const TemplateIsotopes& isotopes_of_it) {
  const std::span<float> held =
      std::span(fragment_intensity)
          .subspan(first_slot(candidate), fragment_count[candidate.index()]);
  std::ranges::copy(intensity.first(held.size()), held.begin());
  const float sum = scale_template(held);
  TemplateIsotopes& own = isotopes[candidate.index()];
  own = isotopes_of_it;
  for (float& x : own.intensity) x = sum > 0 ? x / sum : 0;
}

void CandidateScoring::Chunk::clear() {
  found.clear();
  candidate.clear();
  scan.clear();
  peaks.clear();
  scores.clear();
}

void CandidateScoring::begin(const TraceLayout& layout, std::span<const ScanPeaks> scans,
                             const TraceSettings& settings) {
  layout_ = &layout;
  scans_ = scans;
  settings_ = settings;
  peaks_.build(layout.size() == 0 ? scans.first(0) : scans);
  chunk_count_ = (layout.size() + kCandidatesPerChunk - 1) / kCandidatesPerChunk;
  if (chunks_.size() < chunk_count_) chunks_.resize(chunk_count_);
  for (Chunk& chunk : chunks_) chunk.clear();
}

CandidateScoring::Range CandidateScoring::candidates_of(std::size_t chunk) const {
  const std::size_t first = chunk * kCandidatesPerChunk;
  const std::size_t last = std::min(first + kCandidatesPerChunk, layout_->size());
  return {CandidateId(static_cast<std::uint32_t>(first)),
          CandidateId(static_cast<std::uint32_t>(last))};
}

bool CandidateScoring::find(CandidateId candidate, ScoringScratch& scratch) const {
  scratch.matches.find(peaks_, layout_->template_mz(candidate), settings_.tolerance,
                       layout_->first_scan[candidate.index()].index(),
                       layout_->last_scan[candidate.index()].index());
  return settings_.groups.min_matched == 0 ||
         scratch.matches.has_triple(settings_.groups.min_matched);
}

void CandidateScoring::keep(CandidateId candidate, ScoringScratch& scratch) {
  const std::size_t scans = scratch.matches.scan_count();
  FoundCandidate found;
  found.candidate = candidate;
  found.chunk = static_cast<std::uint32_t>(candidate.index() / kCandidatesPerChunk);
  if (settings_.groups.min_matched == 0) {
    scratch.is_wanted.assign(scans, 1);
    return keep_points(found, scratch);
  }
  DenseTrace& trace = scratch.trace;
  scratch.matches.fill(trace.intensity, trace.matched);
  found.groups =
      find_peak_groups({trace.intensity, trace.matched, {}, layout_->template_intensity(candidate)},
                       settings_.groups);
  if (found.groups.count == 0) return;
  scratch.is_wanted.assign(scans, 0);
  for (const PeakGroup& group : std::span(found.groups.group).first(found.groups.count)) {
    const std::size_t first = group.left > 0 ? group.left - 1 : 0;
    const std::size_t last = std::min<std::size_t>(group.right + 2, scans);
    for (std::size_t k = first; k < last; ++k) scratch.is_wanted[k] = 1;
  }
  keep_points(found, scratch);
}

void CandidateScoring::keep_points(FoundCandidate found, ScoringScratch& scratch) {
  Chunk& chunk = chunks_[found.chunk];
  found.first_point = static_cast<std::uint32_t>(chunk.scan.size());
  scratch.matches.fill(scratch.trace.peaks);
  const WindowScan first = layout_->first_scan[found.candidate.index()];
  for (std::uint32_t k = 0; k < scratch.is_wanted.size(); ++k) {
    if (scratch.is_wanted[k] == 0 || scratch.matches.seen(k) == 0) continue;
    chunk.candidate.push_back(found.candidate);
    chunk.scan.push_back((first + k).index());
    chunk.peaks.push_back(scratch.trace.peaks[k]);
  }
  chunk.scores.resize(chunk.scan.size());
  found.last_point = static_cast<std::uint32_t>(chunk.scan.size());
  chunk.found.push_back(found);
}

bool CandidateScoring::is_column(const Chunk& chunk, std::size_t point) const {
  return count_matched(chunk.peaks[point]) >= settings_.min_matched;
}

// A counting sort by scan keeps the order of the candidates.
std::size_t CandidateScoring::gather_columns() {
  scan_begin_.assign(scans_.size() + 1, 0);
  const std::span<const Chunk> chunks = std::span(chunks_).first(chunk_count_);
  for (const Chunk& chunk : chunks) {
    for (std::size_t i = 0; i < chunk.scan.size(); ++i) {
      if (is_column(chunk, i)) ++scan_begin_[chunk.scan[i] + 1];
    }
  }
  std::partial_sum(scan_begin_.begin(), scan_begin_.end(), scan_begin_.begin());
  columns_.resize(scan_begin_.back());
  for (std::uint32_t j = 0; j < chunks.size(); ++j) {
    for (std::uint32_t i = 0; i < chunks[j].scan.size(); ++i) {
      if (is_column(chunks[j], i)) columns_[scan_begin_[chunks[j].scan[i]]++] = {j, i};
    }
  }
  std::copy_backward(scan_begin_.begin(), scan_begin_.end() - 1, scan_begin_.end());
  scan_begin_.front() = 0;
  return columns_.empty() ? 0 : (scans_.size() + kScansPerPart - 1) / kScansPerPart;
}

std::span<const CandidateScoring::ColumnPlace> CandidateScoring::columns_of(
    std::size_t scan) const {
  return std::span(columns_).subspan(scan_begin_[scan], scan_begin_[scan + 1] - scan_begin_[scan]);
}

// Isotopes without a peak are left out: near the limit of detection a missing isotope peak is not
// informative.
void CandidateScoring::add_column(ColumnPlace place, ScanSolver& solver) const {
  std::array<std::int32_t, kTraceFragments + kTraceIsotopes> peak{};
  std::array<float, kTraceFragments + kTraceIsotopes> value{};
  const Chunk& chunk = chunks_[place.chunk];
  const CandidateId c = chunk.candidate[place.point];
  const std::span<const float> fragments = layout_->template_intensity(c);
  std::size_t count = fragments.size();
  std::ranges::copy(fragments, value.begin());
  std::ranges::copy(std::span(chunk.peaks[place.point]).first(count), peak.begin());
  const TemplateIsotopes& isotopes = layout_->isotopes[c.index()];
  for (std::size_t i = 0; i < isotopes.count; ++i) {
    peak[count] = peaks_.nearest(isotopes.mz[i], settings_.tolerance, chunk.scan[place.point]);
    value[count] = isotopes.intensity[i];
    if (peak[count] >= 0) ++count;
  }
  solver.add(std::span(value).first(count), std::span(peak).first(count));
}

SolverCounts CandidateScoring::solve(std::size_t part, ScanSolver& solver) {
  SolverCounts counts;
  const std::size_t first = part * kScansPerPart;
  const std::size_t last = std::min(first + kScansPerPart, scans_.size());
  for (std::size_t scan = first; scan < last; ++scan) {
    const std::span<const ColumnPlace> columns = columns_of(scan);
    if (columns.empty()) continue;
    solver.begin(scans_[scan]);
    for (const ColumnPlace place : columns) add_column(place, solver);
    counts.sweeps += static_cast<std::uint64_t>(solver.solve(settings_.solver));
    for (std::size_t j = 0; j < columns.size(); ++j) {
      chunks_[columns[j].chunk].scores[columns[j].point] = solver.scores(j);
    }
    ++counts.scans;
    counts.columns += columns.size();
  }
  return counts;
}

SolverCounts CandidateScoring::run(const TraceLayout& layout, std::span<const ScanPeaks> scans,
                                   const TraceSettings& settings, ScoringScratch& scratch) {
  begin(layout, scans, settings);
  for (CandidateId c; c.index() < layout.size(); ++c) {
    if (find(c, scratch)) keep(c, scratch);
  }
  SolverCounts counts;
  const std::size_t parts = gather_columns();
  for (std::size_t part = 0; part < parts; ++part) counts += solve(part, scratch.solver);
  return counts;
}

const FoundCandidate* CandidateScoring::find_kept(CandidateId candidate) const {
  const std::vector<FoundCandidate>& found = chunks_[candidate.index() / kCandidatesPerChunk].found;
  const auto it = std::ranges::lower_bound(found, candidate, {}, &FoundCandidate::candidate);
  return it != found.end() && it->candidate == candidate ? &*it : nullptr;
}

void CandidateScoring::load(const FoundCandidate& found, std::uint32_t first, std::uint32_t last,
                            DenseTrace& trace) const {
  FragmentPeaks none;
  none.fill(-1);
  trace.intensity.assign(std::size_t{last - first} * kTraceFragments, 0);
  trace.matched.assign(last - first, 0);
  trace.points.assign(last - first, {});
  trace.peaks.assign(last - first, none);
  const Chunk& chunk = chunks_[found.chunk];
  const std::uint32_t origin = (layout_->first_scan[found.candidate.index()] + first).index();
  for (std::uint32_t i = found.first_point; i < found.last_point; ++i) {
    if (chunk.scan[i] < origin || chunk.scan[i] >= origin + (last - first)) continue;
    const std::size_t k = chunk.scan[i] - origin;
    trace.points[k] = chunk.scores[i];
    trace.peaks[k] = chunk.peaks[i];
    trace.matched[k] = static_cast<std::uint8_t>(count_matched(chunk.peaks[i]));
    const std::span<const float> intensity = scans_[chunk.scan[i]].intensity;
    for (std::size_t f = 0; f < kTraceFragments; ++f) {
      if (chunk.peaks[i][f] < 0) continue;
      trace.intensity[k * kTraceFragments + f] =
          intensity[static_cast<std::size_t>(chunk.peaks[i][f])];
    }
  }
}

}  // namespace overland::kernel
