#include "kernel/trace_pass.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace overland::kernel {
namespace {

constexpr std::size_t kCandidatesPerChunk = 1024;
constexpr std::size_t kScansPerChunk = 128;

std::size_t chunks_of(std::size_t items, std::size_t per_chunk) {
  return (items + per_chunk - 1) / per_chunk;
}

PointScores score_column(const DesignMatrix& matrix, std::span<const float> residual,
                         std::size_t column, float weight) {
  const auto rows = matrix.rows(column);
  const auto values = matrix.values(column);
  float dot = 0;
  float left_norm = 0;
  float template_norm = 0;
  float residual_sum = 0;
  float fitted_sum = 0;
  float matched_fit = 0;
  float matched_observed = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const float observed = matrix.observed()[rows[k]];
    const float fitted = weight * values[k];
    const float left =
        std::max(0.0F, fitted - residual[rows[k]]);  // observed less the others' share
    dot += values[k] * left;
    left_norm += left * left;
    template_norm += values[k] * values[k];
    residual_sum += std::abs(residual[rows[k]]);
    fitted_sum += fitted;
    matched_observed += observed;
    if (observed > 0) matched_fit += std::min(fitted, observed);
  }
  const float norm = std::sqrt(left_norm) * std::sqrt(template_norm);
  PointScores scores;
  scores.weight = weight;
  scores.fitted_cosine = norm > 0 ? dot / norm : 0;
  scores.residual_fraction = fitted_sum > 0 ? std::min(residual_sum / fitted_sum, 100.0F) : 100.0F;
  scores.purity = matched_observed > 0 ? matched_fit / matched_observed : 0;
  return scores;
}

int count_matched(const FragmentPeaks& peaks) {
  return static_cast<int>(std::count_if(peaks.begin(), peaks.end(), [](auto p) { return p >= 0; }));
}

}  // namespace

void TraceLayout::clear() {
  precursor.clear();
  first_scan.clear();
  last_scan.clear();
  point_begin.assign(1, 0);
  fragment_mz.clear();
  fragment_intensity.clear();
  fragment_count.clear();
  isotopes.clear();
  shape = nullptr;
}

void TraceLayout::add_unshaped(std::uint32_t precursor_id, std::uint32_t first, std::uint32_t last,
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

void TraceLayout::set_template(std::size_t candidate, std::span<const float> intensity,
                               const TemplateIsotopes& isotopes_of_it) {
  const std::span<float> held =
      std::span(fragment_intensity).subspan(candidate * kTraceFragments, fragment_count[candidate]);
  std::ranges::copy(intensity.first(held.size()), held.begin());
  const float sum = scale_template(held);
  isotopes[candidate] = isotopes_of_it;
  for (float& x : isotopes[candidate].intensity) x = sum > 0 ? x / sum : 0;
}

void TraceLayout::add(std::uint32_t precursor_id, std::uint32_t first, std::uint32_t last,
                      std::span<const float> mz, std::span<const float> intensity,
                      const TemplateIsotopes& isotopes_of_it) {
  add_unshaped(precursor_id, first, last, mz);
  set_template(size() - 1, intensity, isotopes_of_it);
}

void TracePass::Chunk::clear() {
  found.clear();
  candidate.clear();
  scan.clear();
  peaks.clear();
  scores.clear();
}

void TracePass::begin(TraceLayout& layout, std::span<const ScanPeaks> scans,
                      const TraceSettings& settings, std::size_t workers) {
  layout_ = &layout;
  scans_ = scans;
  settings_ = settings;
  counts_ = {};
  counts_.points = layout.point_count();
  peaks_.build(layout.size() == 0 ? scans.first(0) : scans);
  chunk_count_ = chunks_of(layout.size(), kCandidatesPerChunk);
  solve_chunk_count_ = 0;
  if (chunks_.size() < chunk_count_) chunks_.resize(chunk_count_);
  if (workers_.size() < workers) workers_.resize(workers);
  for (auto& worker : workers_) {
    if (worker) worker->counts = {};
  }
}

void TracePass::match(std::size_t chunk, std::size_t worker) {
  if (!workers_[worker]) workers_[worker] = std::make_unique<Worker>();
  chunks_[chunk].clear();
  const std::size_t first = chunk * kCandidatesPerChunk;
  const std::size_t last = std::min(first + kCandidatesPerChunk, layout_->size());
  for (std::size_t c = first; c < last; ++c) {
    match_candidate(static_cast<std::uint32_t>(c), chunks_[chunk], *workers_[worker]);
  }
  chunks_[chunk].scores.resize(chunks_[chunk].scan.size());
}

void TracePass::match_candidate(std::uint32_t c, Chunk& chunk, Worker& worker) const {
  worker.matches.find(peaks_, layout_->template_mz(c), settings_.tolerance, layout_->first_scan[c],
                      layout_->last_scan[c]);
  FoundCandidate found{.candidate = c,
                       .chunk = static_cast<std::uint32_t>(&chunk - chunks_.data()),
                       .first_point = static_cast<std::uint32_t>(chunk.scan.size()),
                       .last_point = 0,
                       .groups = {}};
  const std::size_t scans = worker.matches.scan_count();
  if (settings_.groups.min_matched == 0) {
    if (layout_->shape) layout_->shape(c, *layout_);
    worker.is_wanted.assign(scans, 1);
    return keep_points(found, chunk, worker);
  }
  if (!worker.matches.has_triple(settings_.groups.min_matched)) return;
  if (layout_->shape) layout_->shape(c, *layout_);
  DenseTrace& trace = worker.trace;
  worker.matches.fill(trace.intensity, trace.matched);
  found.groups = find_peak_groups(
      {trace.intensity, trace.matched, {}, layout_->template_intensity(c)}, settings_.groups);
  if (found.groups.count == 0) return;
  worker.is_wanted.assign(scans, 0);
  for (const PeakGroup& group : std::span(found.groups.group).first(found.groups.count)) {
    const std::size_t first = group.left > 0 ? group.left - 1 : 0;
    const std::size_t last = std::min<std::size_t>(group.right + 2, scans);
    for (std::size_t k = first; k < last; ++k) worker.is_wanted[k] = 1;
  }
  keep_points(found, chunk, worker);
}

void TracePass::keep_points(FoundCandidate found, Chunk& chunk, Worker& worker) const {
  worker.matches.fill(worker.trace.peaks);
  for (std::uint32_t k = 0; k < worker.is_wanted.size(); ++k) {
    if (worker.is_wanted[k] == 0 || worker.matches.seen(k) == 0) continue;
    chunk.candidate.push_back(found.candidate);
    chunk.scan.push_back(layout_->first_scan[found.candidate] + k);
    chunk.peaks.push_back(worker.trace.peaks[k]);
  }
  found.last_point = static_cast<std::uint32_t>(chunk.scan.size());
  chunk.found.push_back(found);
}

void TracePass::sort_by_scan() {
  scan_begin_.assign(scans_.size() + 1, 0);
  const auto is_column = [&](const Chunk& chunk, std::size_t point) {
    return count_matched(chunk.peaks[point]) >= settings_.min_matched;
  };
  const std::span<const Chunk> chunks = std::span(chunks_).first(chunk_count_);
  for (const Chunk& chunk : chunks) {
    for (std::size_t i = 0; i < chunk.scan.size(); ++i) {
      if (is_column(chunk, i)) ++scan_begin_[chunk.scan[i] + 1];
    }
  }
  std::partial_sum(scan_begin_.begin(), scan_begin_.end(), scan_begin_.begin());
  places_.resize(scan_begin_.back());
  for (std::uint32_t j = 0; j < chunks.size(); ++j) {
    for (std::uint32_t i = 0; i < chunks[j].scan.size(); ++i) {
      if (is_column(chunks[j], i)) places_[scan_begin_[chunks[j].scan[i]]++] = {j, i};
    }
  }
  std::copy_backward(scan_begin_.begin(), scan_begin_.end() - 1, scan_begin_.end());
  scan_begin_.front() = 0;
  solve_chunk_count_ = places_.empty() ? 0 : chunks_of(scans_.size(), kScansPerChunk);
}

void TracePass::solve(std::size_t chunk, std::size_t worker) {
  if (!workers_[worker]) workers_[worker] = std::make_unique<Worker>();
  const std::size_t first = chunk * kScansPerChunk;
  const std::size_t last = std::min(first + kScansPerChunk, scans_.size());
  for (std::size_t scan = first; scan < last; ++scan) {
    if (scan_begin_[scan] == scan_begin_[scan + 1]) continue;
    solve_scan(static_cast<std::uint32_t>(scan), *workers_[worker]);
  }
}

// Isotopes that have no peak are left out: near the limit of detection that says nothing.
void TracePass::add_columns(std::span<const PointPlace> places, Worker& worker) const {
  std::array<std::int32_t, kTraceFragments + kTraceIsotopes> peak{};
  std::array<float, kTraceFragments + kTraceIsotopes> value{};
  for (const PointPlace place : places) {
    const Chunk& chunk = chunks_[place.chunk];
    const std::uint32_t c = chunk.candidate[place.point];
    const std::uint32_t scan = chunk.scan[place.point];
    const std::span<const float> fragments = layout_->template_intensity(c);
    std::size_t count = fragments.size();
    std::ranges::copy(fragments, value.begin());
    std::ranges::copy(std::span(chunk.peaks[place.point]).first(count), peak.begin());
    const TemplateIsotopes& isotopes = layout_->isotopes[c];
    for (std::size_t i = 0; i < isotopes.count; ++i) {
      peak[count] = peaks_.nearest(isotopes.mz[i], settings_.tolerance, scan);
      value[count] = isotopes.intensity[i];
      if (peak[count] >= 0) ++count;
    }
    worker.matrix.add_column(std::span(value).first(count), std::span(peak).first(count),
                             scans_[scan].intensity);
    worker.counts.entries += count;
  }
}

void TracePass::solve_scan(std::uint32_t scan, Worker& worker) {
  const std::span<const PointPlace> places =
      std::span(places_).subspan(scan_begin_[scan], scan_begin_[scan + 1] - scan_begin_[scan]);
  worker.matrix.begin_scan(scans_[scan].size());
  add_columns(places, worker);
  worker.weights.assign(places.size(), 0);
  worker.counts.sweeps += static_cast<std::uint64_t>(
      worker.solver.solve(worker.matrix, settings_.solver, worker.weights));
  for (std::size_t j = 0; j < places.size(); ++j) {
    chunks_[places[j].chunk].scores[places[j].point] =
        score_column(worker.matrix, worker.solver.residuals(), j, worker.weights[j]);
  }
  ++worker.counts.scans;
  worker.counts.columns += places.size();
}

void TracePass::finish() {
  for (const auto& worker : workers_) {
    if (!worker) continue;
    counts_.scans += worker->counts.scans;
    counts_.columns += worker->counts.columns;
    counts_.entries += worker->counts.entries;
    counts_.sweeps += worker->counts.sweeps;
  }
}

void TracePass::run(TraceLayout& layout, std::span<const ScanPeaks> scans,
                    const TraceSettings& settings) {
  begin(layout, scans, settings, 1);
  for (std::size_t chunk = 0; chunk < chunk_count(); ++chunk) match(chunk, 0);
  sort_by_scan();
  for (std::size_t chunk = 0; chunk < solve_chunk_count(); ++chunk) solve(chunk, 0);
  finish();
}

const FoundCandidate* TracePass::find(std::size_t candidate) const {
  const std::vector<FoundCandidate>& found = chunks_[candidate / kCandidatesPerChunk].found;
  const auto it = std::lower_bound(
      found.begin(), found.end(), candidate,
      [](const FoundCandidate& entry, std::size_t c) { return entry.candidate < c; });
  return it != found.end() && it->candidate == candidate ? &*it : nullptr;
}

void TracePass::load(const FoundCandidate& found, std::uint32_t first, std::uint32_t last,
                     DenseTrace& trace) const {
  FragmentPeaks none;
  none.fill(-1);
  trace.intensity.assign(std::size_t{last - first} * kTraceFragments, 0);
  trace.matched.assign(last - first, 0);
  trace.points.assign(last - first, {});
  trace.peaks.assign(last - first, none);
  const Chunk& chunk = chunks_[found.chunk];
  const std::uint32_t origin = layout_->first_scan[found.candidate] + first;
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
