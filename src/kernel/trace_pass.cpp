#include "kernel/trace_pass.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace overland::kernel {

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

void TraceLayout::add(std::uint32_t precursor_id, std::uint32_t first, std::uint32_t last,
                      std::span<const float> mz, std::span<const float> intensity,
                      const TemplateIsotopes& isotopes_of_it) {
  if (point_begin.empty()) point_begin.assign(1, 0);
  precursor.push_back(precursor_id);
  first_scan.push_back(first);
  last_scan.push_back(last);
  point_begin.push_back(point_begin.back() + (last - first));
  const std::size_t count = std::min(mz.size(), kTraceFragments);
  float sum = 0;
  for (std::size_t f = 0; f < count; ++f) sum += intensity[f];
  const std::size_t begin = fragment_mz.size();
  fragment_mz.resize(begin + kTraceFragments, 0);
  fragment_intensity.resize(begin + kTraceFragments, 0);
  for (std::size_t f = 0; f < count; ++f) {
    fragment_mz[begin + f] = mz[f];
    fragment_intensity[begin + f] = sum > 0 ? intensity[f] / sum : 0;
  }
  fragment_count.push_back(static_cast<std::uint8_t>(count));
  isotopes.push_back(isotopes_of_it);
  for (float& x : isotopes.back().intensity) x = sum > 0 ? x / sum : 0;
}

std::size_t max_active(const TraceLayout& layout, std::size_t scan_count) {
  std::vector<std::int32_t> change(scan_count + 1, 0);
  for (std::size_t c = 0; c < layout.size(); ++c) {
    ++change[layout.first_scan[c]];
    --change[layout.last_scan[c]];
  }
  std::int32_t now = 0;
  std::int32_t most = 0;
  for (const std::int32_t step : change) most = std::max(most, now += step);
  return static_cast<std::size_t>(most);
}

void TracePass::prepare(const TraceLayout& layout, std::span<const ScanPeaks> scans) {
  const std::size_t most_active = max_active(layout, scans.size());
  std::size_t most_peaks = 0;
  for (const ScanPeaks& scan : scans) most_peaks = std::max(most_peaks, scan.size());
  const DesignMatrix::Capacity capacity{
      most_active, most_active * (kTraceFragments + kTraceIsotopes), most_peaks};
  matrix_.reserve(capacity);
  solver_.reserve(capacity);
  active_.clear();
  active_.reserve(most_active);
  column_owner_.reserve(most_active);
  column_weight_.reserve(most_active);
  last_weight_.assign(layout.size(), 0);
  points_.assign(layout.point_count(), {});
  intensity_.assign(layout.point_count() * kTraceFragments, 0);
  matched_.assign(layout.point_count(), 0);
  order_.resize(layout.size());
  std::iota(order_.begin(), order_.end(), 0U);
  std::stable_sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return layout.first_scan[a] < layout.first_scan[b];
  });
  next_ = 0;
  counts_ = {};
  counts_.points = layout.point_count();
}

void TracePass::enter_and_leave(const TraceLayout& layout, std::uint32_t scan) {
  std::erase_if(active_, [&](std::uint32_t c) { return layout.last_scan[c] <= scan; });
  while (next_ < order_.size() && layout.first_scan[order_[next_]] <= scan) {
    active_.push_back(order_[next_++]);
  }
}

// Isotopes that have no peak are left out: near the limit of detection that says nothing.
void TracePass::add_column(const TraceLayout& layout, std::uint32_t candidate,
                           std::span<const std::int32_t> peaks, const ScanPeaks& scan) {
  std::array<std::int32_t, kTraceFragments + kTraceIsotopes> peak{};
  std::array<float, kTraceFragments + kTraceIsotopes> intensity{};
  std::ranges::copy(peaks, peak.begin());
  std::ranges::copy(layout.template_intensity(candidate), intensity.begin());
  std::size_t count = peaks.size();
  const TemplateIsotopes& isotopes = layout.isotopes[candidate];
  for (std::size_t i = 0; i < isotopes.count; ++i) {
    peak[count] = lookup_.find(isotopes.mz[i]);
    intensity[count] = isotopes.intensity[i];
    if (peak[count] >= 0) ++count;
  }
  matrix_.add_column(std::span(intensity).first(count), std::span(peak).first(count),
                     scan.intensity);
  column_owner_.push_back(candidate);
  column_weight_.push_back(last_weight_[candidate]);
  counts_.entries += count;
}

void TracePass::match_active(const TraceLayout& layout, std::uint32_t scan, const ScanPeaks& peaks,
                             const TraceSettings& settings) {
  std::array<std::int32_t, kTraceFragments> peak{};
  for (const std::uint32_t c : active_) {
    const std::uint64_t point = layout.point_begin[c] + (scan - layout.first_scan[c]);
    const std::span<const float> mz = layout.template_mz(c);
    std::uint8_t matched = 0;
    for (std::size_t f = 0; f < mz.size(); ++f) {
      peak[f] = lookup_.find(mz[f]);
      if (peak[f] < 0) continue;
      intensity_[point * kTraceFragments + f] = peaks.intensity[static_cast<std::size_t>(peak[f])];
      ++matched;
    }
    matched_[point] = matched;
    if (matched < settings.min_matched) {
      last_weight_[c] = 0;
      continue;
    }
    add_column(layout, c, std::span(peak).first(mz.size()), peaks);
  }
}

PointScores TracePass::score_column(std::size_t column) const {
  const auto rows = matrix_.rows(column);
  const auto values = matrix_.values(column);
  const float weight = column_weight_[column];
  const std::span<const float> residual = solver_.residuals();
  float dot = 0;
  float left_norm = 0;
  float template_norm = 0;
  float residual_sum = 0;
  float fitted_sum = 0;
  float matched_fit = 0;
  float claimed = 0;
  float matched_observed = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const float observed = matrix_.observed()[rows[k]];
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
    claimed += std::clamp(residual[rows[k]] + observed - fitted, 0.0F, observed);
  }
  const float norm = std::sqrt(left_norm) * std::sqrt(template_norm);
  PointScores scores;
  scores.weight = weight;
  scores.fitted_cosine = norm > 0 ? dot / norm : 0;
  scores.residual_fraction = fitted_sum > 0 ? std::min(residual_sum / fitted_sum, 100.0F) : 100.0F;
  scores.purity = matched_observed > 0 ? matched_fit / matched_observed : 0;
  scores.claimed = matched_observed > 0 ? claimed / matched_observed : 0;
  return scores;
}

void TracePass::store_columns(const TraceLayout& layout, std::uint32_t scan) {
  for (std::size_t j = 0; j < column_owner_.size(); ++j) {
    const std::uint32_t c = column_owner_[j];
    last_weight_[c] = column_weight_[j];
    points_[layout.point_begin[c] + (scan - layout.first_scan[c])] = score_column(j);
  }
}

void TracePass::run(const TraceLayout& layout, std::span<const ScanPeaks> scans,
                    const TraceSettings& settings) {
  prepare(layout, scans);
  for (std::uint32_t scan = 0; scan < scans.size(); ++scan) {
    enter_and_leave(layout, scan);
    if (active_.empty()) continue;
    lookup_.build(scans[scan].mz, settings.tolerance);
    matrix_.begin_scan(scans[scan].size());
    column_owner_.clear();
    column_weight_.clear();
    match_active(layout, scan, scans[scan], settings);
    if (!column_owner_.empty()) {
      counts_.sweeps +=
          static_cast<std::uint64_t>(solver_.solve(matrix_, settings.solver, column_weight_));
      store_columns(layout, scan);
    }
    ++counts_.scans;
    counts_.columns += column_owner_.size();
  }
}

}  // namespace overland::kernel
