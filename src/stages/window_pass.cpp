#include "stages/window_pass.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/pinned_math.h"
#include "chemistry/constants.h"
#include "kernel/spectral_scores.h"
#include "stages/isotope_templates.h"
#include "stages/ms1_features.h"

namespace overland {

using kernel::kTraceFragments;

void CorrectedScans::assign(const RunContext& context, const RunModels& models,
                            const IsolationWindow& window) {
  std::size_t total = 0;
  for (const std::uint32_t scan : window.scans) total += context.run.peaks(scan).size();
  mz_.resize(total);
  scans_.clear();
  scans_.reserve(window.scans.size());
  std::size_t begin = 0;
  for (const std::uint32_t scan : window.scans) {
    const ScanPeaks peaks = context.run.peaks(scan);
    const auto factor = static_cast<float>(
        1 - 1e-6 * models.mass.offset_at(static_cast<double>(context.rt_of(scan))));
    for (std::size_t i = 0; i < peaks.size(); ++i) mz_[begin + i] = peaks.mz[i] * factor;
    scans_.push_back({std::span(mz_).subspan(begin, peaks.size()), peaks.intensity});
    begin += peaks.size();
  }
}

kernel::TraceSettings trace_settings(const RunModels& models, const SearchConfig& config) {
  kernel::TraceSettings settings;
  settings.tolerance = models.mass.tolerance;
  settings.min_matched = static_cast<std::uint8_t>(config.second_pass.min_matched);
  settings.solver.delta = static_cast<float>(
      std::max(1e-3, config.second_pass.huber_delta_factor * models.median_peak_intensity));
  return settings;
}

// Which scans a precursor can appear in is known here, before any scan is read.
void WindowPass::lay_out(const IsolationWindow& window, WindowWorkspace& work) const {
  work.rt_minutes.clear();
  work.irt.clear();
  for (const std::uint32_t scan : window.scans) {
    const double t = static_cast<double>(context_.rt_of(scan));
    work.rt_minutes.push_back(context_.rt_of(scan));
    const double irt = models_.rt.irt_of_rt(t);
    work.irt.push_back(work.irt.empty() ? irt : std::max(irt, work.irt.back()));
  }
  work.layout.clear();
  const IsotopeTemplates templates(context_, models_, config_, window);
  const IndexRange slice = context_.library.precursors_between(templates.precursor_range().low,
                                                               templates.precursor_range().high);
  std::array<float, kTraceFragments> intensity{};
  const kernel::SplineBasis basis = context_.library.basis_at(models_.nce);
  for (std::uint32_t p = slice.first; p < slice.last; ++p) {
    if (!templates.is_visible(p)) continue;
    const double irt = static_cast<double>(context_.library.irt[p]);
    const auto first =
        std::lower_bound(work.irt.begin(), work.irt.end(), irt - models_.rt.tolerance);
    const auto last = std::upper_bound(first, work.irt.end(), irt + models_.rt.tolerance);
    if (first == last) continue;
    const std::size_t count = context_.library.intensities(p, basis, intensity);
    const auto isotopes = templates.shape(p, std::span(intensity).first(count));
    work.layout.add(p, static_cast<std::uint32_t>(first - work.irt.begin()),
                    static_cast<std::uint32_t>(last - work.irt.begin()),
                    context_.fragment_mz(p).first(count), std::span(intensity).first(count),
                    isotopes);
  }
}

void WindowPass::add_mass_features(const ScanPeaks& apex, PsmRow& row) const {
  const std::span<const float> mz = context_.fragment_mz(row.precursor);
  const std::uint64_t begin = context_.library.fragment_begin[row.precursor];
  double weight = 0;
  double absolute = 0;
  double bias = 0;
  double matched_intensity = 0;
  double y_intensity = 0;
  double b_intensity = 0;
  for (std::size_t f = 0; f < std::min(mz.size(), kTraceFragments); ++f) {
    const double theoretical = static_cast<double>(mz[f]);
    const std::int32_t peak = nearest_peak(apex, theoretical, models_.mass.tolerance);
    if (peak < 0) continue;
    const auto index = static_cast<std::size_t>(peak);
    const double ppm = (static_cast<double>(apex.mz[index]) - theoretical) / theoretical * 1e6;
    const double w = std::sqrt(static_cast<double>(apex.intensity[index]));
    weight += w;
    absolute += w * std::abs(ppm);
    bias += w * ppm;
    matched_intensity += static_cast<double>(apex.intensity[index]);
    const bool is_y = kind_type(context_.library.fragment_kind[begin + f]) == FragmentType::y;
    (is_y ? row.y_matched : row.b_matched) += 1;
    (is_y ? y_intensity : b_intensity) += static_cast<double>(apex.intensity[index]);
    if (is_y) {
      row.longest_y =
          std::max(row.longest_y, static_cast<float>(context_.library.fragment_ordinal[begin + f]));
    }
  }
  const double widest = static_cast<double>(models_.mass.tolerance.high);
  row.mass_error = static_cast<float>(weight > 0 ? absolute / weight : widest);
  row.mass_bias = static_cast<float>(weight > 0 ? std::abs(bias) / weight : widest);
  row.by_ratio = static_cast<float>(pinned::log2((y_intensity + 1) / (b_intensity + 1)));
  double total = 0;
  for (const float x : apex.intensity) total += static_cast<double>(x);
  row.scan_share = static_cast<float>(pinned::log2((matched_intensity + 1) / (total + 1)));
}

// What stands one neutron above and below the fragments: its own heavier isotopes as expected, or
// signs that the peaks taken for fragments are heavier isotopes themselves.
void WindowPass::add_isotope_features(const ScanPeaks& apex, const kernel::TraceLayout& layout,
                                      std::size_t candidate, PsmRow& row) const {
  constexpr std::size_t kLooked = 6;  // strongest fragments
  const std::span<const float> mz = layout.template_mz(candidate);
  const std::span<const float> predicted = layout.template_intensity(candidate);
  const std::uint64_t begin = context_.library.fragment_begin[row.precursor];
  const auto intensity_at = [&](double theoretical) {
    const std::int32_t peak = nearest_peak(apex, theoretical, models_.mass.tolerance);
    return peak < 0 ? 0.0F : apex.intensity[static_cast<std::size_t>(peak)];
  };
  std::array<float, kTraceFragments> own{};
  float matched = 0;
  float lighter = 0;
  for (std::size_t f = 0; f < mz.size(); ++f) {
    own[f] = intensity_at(static_cast<double>(mz[f]));
    if (!(own[f] > 0) || f >= kLooked) continue;
    const int charge = std::max(1, kind_charge(context_.library.fragment_kind[begin + f]));
    const float below = intensity_at(static_cast<double>(mz[f]) - kCarbon13Spacing / charge);
    matched += predicted[f];
    lighter += predicted[f] * std::min(1.0F, below / own[f]);
  }
  row.lighter_share = matched > 0 ? lighter / matched : 1;
  const kernel::TemplateIsotopes& isotopes = layout.isotopes[candidate];
  std::array<float, 2 * kernel::kTraceIsotopes> expected{};
  std::array<float, 2 * kernel::kTraceIsotopes> observed{};
  for (std::size_t i = 0; i < isotopes.count; ++i) {
    expected[2 * i] = predicted[isotopes.fragment[i]];
    expected[2 * i + 1] = isotopes.intensity[i];
    observed[2 * i] = own[isotopes.fragment[i]];
    observed[2 * i + 1] = intensity_at(static_cast<double>(isotopes.mz[i]));
  }
  row.isotope_cosine =
      kernel::sqrt_cosine(std::span(expected).first(2 * isotopes.count),
                          std::span<const float>(observed).first(2 * isotopes.count));
}

void WindowPass::add_context_features(const IsolationWindow& window, std::size_t candidate,
                                      const kernel::TraceView& trace,
                                      const kernel::PeakGroup& group, const WindowWorkspace& work,
                                      PsmRow& row) const {
  const std::uint32_t first = work.layout.first_scan[candidate];
  const std::uint32_t apex = first + group.apex;
  row.apex_scan = window.scans[apex];
  row.rt_minutes = work.rt_minutes[apex];
  row.rt_start = work.rt_minutes[first + group.left];
  row.rt_stop = work.rt_minutes[first + group.right];
  row.irt_observed = static_cast<float>(work.irt[apex]);
  const float library_irt = context_.library.irt[row.precursor];
  row.irt_error =
      std::abs(row.irt_observed - library_irt) / static_cast<float>(models_.rt.tolerance);
  row.charge = context_.library.charge[row.precursor];
  row.fragment_count = static_cast<float>(trace.predicted.size());
  row.precursor_mz = context_.library.precursor_mz[row.precursor];
  row.other_window_cosine = row.other_window_coelution = row.other_window_evidence =
      std::numeric_limits<float>::quiet_NaN();
  add_mass_features(work.scans.scans()[apex], row);
  add_isotope_features(work.scans.scans()[apex], work.layout, candidate, row);
  const WindowTransmission transmission(models_.quad, static_cast<double>(window.low_mz),
                                        static_cast<double>(window.high_mz));
  const auto mz = static_cast<double>(row.precursor_mz);
  const int charge = context_.library.charge[row.precursor];
  row.transmitted = static_cast<float>(kernel::transmitted_share(
      (mz - kProtonMass) * charge, transmission.isotopes(mz, kCarbon13Spacing / charge)));
  std::array<float, 64> signal{};
  std::size_t length = 0;
  for (std::uint32_t k = group.left; k <= group.right && length < signal.size(); ++k, ++length) {
    for (std::size_t f = 0; f < trace.predicted.size(); ++f) {
      signal[length] += std::sqrt(trace.predicted[f] * trace.at(k, f));
    }
  }
  if (config_.second_pass.ms1 && !context_.ms1.empty()) {
    const ElutionProfile profile{std::span(work.rt_minutes).subspan(first + group.left, length),
                                 std::span(signal).first(length)};
    row.ms1 = score_ms1(context_, models_, row.precursor, profile, row.group.log_intensity);
  } else {
    constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
    row.ms1 = {kMissing, kMissing, kMissing, kMissing, kMissing, kMissing, kMissing, kMissing};
  }
}

void WindowPass::describe(std::size_t w, std::size_t candidate, const WindowWorkspace& work,
                          std::vector<PsmRow>& rows) const {
  const kernel::TraceView trace{
      work.pass.intensities(work.layout, candidate), work.pass.matched(work.layout, candidate),
      work.pass.points(work.layout, candidate), work.layout.template_intensity(candidate)};
  const kernel::PeakGroups groups =
      find_peak_groups(trace, static_cast<std::uint8_t>(config_.second_pass.min_group_fragments));
  for (std::size_t g = 0; g < groups.count; ++g) {
    PsmRow row;
    row.precursor = work.layout.precursor[candidate];
    row.window = static_cast<std::uint16_t>(w);
    row.rank = static_cast<std::uint8_t>(g);
    row.group = score_group(trace, groups, g);
    add_context_features(context_.windows[w], candidate, trace, groups.group[g], work, row);
    rows.push_back(row);
  }
}

std::vector<PsmRow> WindowPass::run(std::size_t w, WindowWorkspace& work) const {
  const IsolationWindow& window = context_.windows[w];
  lay_out(window, work);
  std::vector<PsmRow> rows;
  if (work.layout.size() == 0) return rows;
  work.scans.assign(context_, models_, window);
  work.pass.run(work.layout, work.scans.scans(), trace_settings(models_, config_));
  for (std::size_t c = 0; c < work.layout.size(); ++c) describe(w, c, work, rows);
  return rows;
}

}  // namespace overland
