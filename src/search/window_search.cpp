#include "search/window_search.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/parallel.h"
#include "base/pinned_math.h"
#include "chemistry/constants.h"
#include "kernel/peak_match.h"
#include "kernel/spectral_scores.h"
#include "search/charge_bases.h"
#include "search/isotope_templates.h"
#include "search/ms1_features.h"

namespace overland::search {

using kernel::kTraceFragments;

constexpr float kScoringTolerance = 1e-2F;  // of weights; scores ask for less than areas do
constexpr int kScoringSweeps = 20;

void CorrectedScans::assign(const RunView& view, const RunModels& models,
                            const run::IsolationWindow& window) {
  std::size_t total = 0;
  for (const RunScan scan : window.scans) total += view.run.peaks(scan).size();
  mz_.resize(total);
  scans_.clear();
  total_.clear();
  scans_.reserve(window.scans.size());
  std::size_t begin = 0;
  for (const RunScan scan : window.scans) {
    const kernel::ScanPeaks peaks = view.run.peaks(scan);
    const auto corrected = std::span(mz_).subspan(begin, peaks.size());
    calibrate::correct_mz(models.mass, static_cast<double>(view.rt_of(scan)), peaks.mz, corrected);
    scans_.push_back({corrected, peaks.intensity});
    total_.push_back(0);
    for (const float x : peaks.intensity) total_.back() += static_cast<double>(x);
    begin += peaks.size();
  }
}

void ScanTimes::assign(const RunView& view, const calibrate::RtModel& model,
                       const run::IsolationWindow& window) {
  rt_minutes.clear();
  irt.clear();
  for (const RunScan scan : window.scans) {
    rt_minutes.push_back(view.rt_of(scan));
    const double fitted = model.irt_of_rt(static_cast<double>(rt_minutes.back()));
    irt.push_back(irt.empty() ? fitted : std::max(fitted, irt.back()));
  }
}

void RtIntervals::assign(const calibrate::RtModel& model, const ScanTimes& times) {
  const std::size_t scans = times.irt.size();
  low_.resize(scans);
  high_.resize(scans);
  for (std::size_t k = 0; k < scans; ++k) {
    const double irt = times.irt[k];
    const double tolerance = model.tolerance_at(static_cast<double>(times.rt_minutes[k]));
    low_[k] = irt - tolerance;
    high_[k] = k == 0 ? irt + tolerance : std::max(irt + tolerance, high_[k - 1]);
  }
  for (std::size_t k = scans; k-- > 1;) low_[k - 1] = std::min(low_[k - 1], low_[k]);
}

RtIntervals::Scans RtIntervals::scans_of(double irt) const {
  const auto first = std::lower_bound(high_.begin(), high_.end(), irt) - high_.begin();
  const auto last = std::upper_bound(low_.begin(), low_.end(), irt) - low_.begin();
  return {WindowScan(static_cast<std::uint32_t>(first)),
          WindowScan(static_cast<std::uint32_t>(std::max<std::ptrdiff_t>(first, last)))};
}

double window_center(const run::IsolationWindow& window) {
  return 0.5 * (static_cast<double>(window.low_mz) + static_cast<double>(window.high_mz));
}

kernel::TraceSettings trace_settings(const RunModels& models,
                                     const params::SecondPassParameters& config) {
  kernel::TraceSettings settings;
  settings.tolerance = models.mass.tolerance;
  settings.min_matched = static_cast<std::uint8_t>(config.second_pass.min_matched);
  settings.solver.loss = config.second_pass.loss;
  constexpr double kFixedDelta = 1e4;
  const double delta = config.calibration.huber
                           ? config.second_pass.huber_delta_factor * models.median_peak_intensity
                           : kFixedDelta;
  settings.solver.delta = static_cast<float>(std::max(1e-3, delta));
  return settings;
}

// What one window's candidates look like behind the quadrupole.
class WindowTemplates {
 public:
  WindowTemplates(const RunView& view, const RunModels& models,
                  const params::SecondPassParameters& config, const run::IsolationWindow& window)
      : library_(view.library),
        isotopes_(view, models, config, window),
        bases_(view.library, models, window_center(window), window.energy_ratio) {}

  [[nodiscard]] const IsotopeTemplates& isotopes() const { return isotopes_; }
  void set(CandidateId candidate, kernel::TraceLayout& layout) const {
    const PrecursorId p = layout.precursor[candidate.index()];
    std::array<float, kTraceFragments> intensity{};
    const std::size_t count =
        library_.intensities(p, bases_.of(library_.charge[p.index()]), intensity);
    const auto isotopes = isotopes_.shape(p, std::span(intensity).first(count));
    layout.set_template(candidate, std::span(intensity).first(count), isotopes);
  }

 private:
  const library::LibraryView& library_;
  IsotopeTemplates isotopes_;
  ChargeBases bases_;
};

// Which scans a precursor can appear in is known here, before any scan is read.
void WindowSearch::lay_out(const run::IsolationWindow& window, const WindowTemplates& templates,
                           WindowWorkspace& work) const {
  work.times.assign(view_, models_.rt, window);
  work.reach.assign(models_.rt, work.times);
  work.layout.clear();
  const MzRange range = templates.isotopes().precursor_range();
  const library::IndexRange slice = view_.library.precursors_between(range.low, range.high);
  for (PrecursorId p = slice.first; p < slice.last; ++p) {
    if (!templates.isotopes().is_visible(p)) continue;
    const auto [first, last] =
        work.reach.scans_of(static_cast<double>(view_.library.irt[p.index()]));
    if (first != last) work.layout.add(p, first, last, view_.fragment_mz(p));
  }
}

// Most candidates have too few peaks to need a template.
void WindowSearch::find_groups(std::size_t chunk, const WindowTemplates& templates,
                               WindowWorkspace& work, kernel::ScoringScratch& scratch) {
  const auto [first, last] = work.scoring.candidates_of(chunk);
  for (CandidateId c = first; c < last; ++c) {
    if (!work.scoring.find(c, scratch)) continue;
    templates.set(c, work.layout);
    work.scoring.keep(c, scratch);
  }
}

void WindowSearch::add_mass_features(const kernel::ScanPeaks& apex,
                                     const kernel::FragmentPeaks& peaks, double total,
                                     PsmRow& row) const {
  const std::span<const float> mz = view_.fragment_mz(row.precursor);
  const std::uint64_t begin = view_.library.fragment_begin[row.precursor.index()];
  double weight = 0;
  double absolute = 0;
  double bias = 0;
  double matched_intensity = 0;
  for (std::size_t f = 0; f < std::min(mz.size(), kTraceFragments); ++f) {
    if (peaks[f] < 0) continue;
    const double theoretical = static_cast<double>(mz[f]);
    const auto index = static_cast<std::size_t>(peaks[f]);
    const double ppm = (static_cast<double>(apex.mz[index]) - theoretical) / theoretical * 1e6;
    const double w = std::sqrt(static_cast<double>(apex.intensity[index]));
    weight += w;
    absolute += w * std::abs(ppm);
    bias += w * ppm;
    matched_intensity += static_cast<double>(apex.intensity[index]);
    const bool is_y = library::kind_type(view_.library.fragment_kind[begin + f]) == FragmentType::y;
    (is_y ? row.y_matched : row.b_matched) += 1;
    if (is_y) {
      row.longest_y =
          std::max(row.longest_y, static_cast<float>(view_.library.fragment_ordinal[begin + f]));
    }
  }
  const double widest = static_cast<double>(models_.mass.tolerance.high);
  row.mass_error = static_cast<float>(weight > 0 ? absolute / weight : widest);
  row.mass_bias = static_cast<float>(weight > 0 ? std::abs(bias) / weight : widest);
  row.scan_share = static_cast<float>(pinned::log2((matched_intensity + 1) / (total + 1)));
}

// What stands one neutron above and below the fragments: their own heavier isotopes as expected, or
// signs that the peaks taken for fragments are heavier isotopes themselves.
void WindowSearch::add_isotope_features(const kernel::ScanPeaks& apex,
                                        const kernel::FragmentPeaks& peaks,
                                        const kernel::TraceLayout& layout, CandidateId candidate,
                                        PsmRow& row) const {
  constexpr std::size_t kLooked = 6;  // strongest fragments
  const std::span<const float> mz = layout.template_mz(candidate);
  const std::span<const float> predicted = layout.template_intensity(candidate);
  const std::uint64_t begin = view_.library.fragment_begin[row.precursor.index()];
  const auto intensity_of = [&](std::int32_t peak) {
    return peak < 0 ? 0.0F : apex.intensity[static_cast<std::size_t>(peak)];
  };
  const auto intensity_at = [&](float theoretical) {
    return intensity_of(kernel::nearest_peak(apex.mz, theoretical, models_.mass.tolerance));
  };
  float matched = 0;
  float lighter = 0;
  for (std::size_t f = 0; f < std::min(mz.size(), kLooked); ++f) {
    if (peaks[f] < 0) continue;
    const int charge = std::max(1, library::kind_charge(view_.library.fragment_kind[begin + f]));
    const float below =
        intensity_at(static_cast<float>(static_cast<double>(mz[f]) - kCarbon13Spacing / charge));
    matched += predicted[f];
    lighter += predicted[f] * std::min(1.0F, below / intensity_of(peaks[f]));
  }
  row.lighter_share = matched > 0 ? lighter / matched : 1;
  const kernel::TemplateIsotopes& isotopes = layout.isotopes[candidate.index()];
  std::array<float, 2 * kernel::kTraceIsotopes> expected{};
  std::array<float, 2 * kernel::kTraceIsotopes> observed{};
  for (std::size_t i = 0; i < isotopes.count; ++i) {
    expected[2 * i] = predicted[isotopes.fragment[i]];
    expected[2 * i + 1] = isotopes.intensity[i];
    observed[2 * i] = intensity_of(peaks[isotopes.fragment[i]]);
    observed[2 * i + 1] = intensity_at(isotopes.mz[i]);
  }
  const std::size_t count = 2UL * isotopes.count;
  row.isotope_cosine = kernel::sqrt_cosine(std::span(expected).first(count),
                                           std::span<const float>(observed).first(count));
}

void WindowSearch::add_place(const run::IsolationWindow& window, WindowScan first,
                             const kernel::PeakGroup& group, const WindowWorkspace& work,
                             PsmRow& row) const {
  const WindowScan apex = first + group.apex;
  row.apex_scan = window.scans[apex.index()];
  row.rt_minutes = work.times.rt_minutes[apex.index()];
  row.rt_start = work.times.rt_minutes[(first + group.left).index()];
  row.rt_stop = work.times.rt_minutes[(first + group.right).index()];
  row.irt_observed = static_cast<float>(work.times.irt[apex.index()]);
  const float library_irt = view_.library.irt[row.precursor.index()];
  row.irt_error = std::abs(row.irt_observed - library_irt) /
                  static_cast<float>(models_.rt.tolerance_at(static_cast<double>(row.rt_minutes)));
}

void WindowSearch::add_ms1_features(WindowScan first, const kernel::TraceView& trace,
                                    const kernel::PeakGroup& group, const WindowWorkspace& work,
                                    PsmRow& row) const {
  std::array<float, 64> signal{};
  std::size_t length = 0;
  for (std::uint32_t k = group.left; k <= group.right && length < signal.size(); ++k, ++length) {
    for (std::size_t f = 0; f < trace.predicted.size(); ++f) {
      signal[length] += std::sqrt(trace.predicted[f] * trace.at(k, f));
    }
  }
  if (config_.second_pass.ms1 && !view_.ms1.empty()) {
    const ElutionProfile profile{
        std::span(work.times.rt_minutes).subspan((first + group.left).index(), length),
        std::span(signal).first(length), view_.windows[row.window.index()].condition.voltage};
    row.ms1 = score_ms1(view_, models_, row.precursor, profile, row.group.log_intensity);
  } else {
    constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
    row.ms1 = {kMissing, kMissing, kMissing, kMissing, kMissing, kMissing, kMissing, kMissing};
  }
}

// Of the best other group of a candidate.
float WindowSearch::rival_match_score(const kernel::PeakGroups& groups, std::size_t which) const {
  const std::size_t other = which == 0 ? 1 : 0;
  if (other < groups.count) return groups.group[other].match_score;
  return std::max(groups.left_out, static_cast<float>(config_.second_pass.min_match_score));
}

PsmRow WindowSearch::describe_group(WindowId w, const kernel::FoundCandidate& found,
                                    std::size_t which, const WindowWorkspace& work,
                                    kernel::DenseTrace& dense) const {
  const CandidateId c = found.candidate;
  const std::uint32_t interval =
      work.layout.last_scan[c.index()] - work.layout.first_scan[c.index()];
  // Of the candidate's scans only those of the group and one more on either side.
  kernel::PeakGroup group = found.groups.group[which];
  const std::uint32_t begin = group.left > 0 ? group.left - 1 : 0;
  work.scoring.load(found, begin, std::min(group.right + 2, interval), dense);
  group.apex -= begin;
  group.left -= begin;
  group.right -= begin;
  const WindowScan first = work.layout.first_scan[c.index()] + begin;
  const kernel::TraceView trace{dense.intensity, dense.matched, dense.points,
                                work.layout.template_intensity(c)};
  PsmRow row;
  row.precursor = work.layout.precursor[c.index()];
  row.window = w;
  row.rank = static_cast<std::uint8_t>(which);
  row.group = score_group(trace, group, rival_match_score(found.groups, which));
  row.charge = view_.library.charge[row.precursor.index()];
  row.fragment_count = static_cast<float>(trace.predicted.size());
  row.precursor_mz = view_.library.precursor_mz[row.precursor.index()];
  row.other_window_cosine = row.other_window_coelution = row.other_window_match_score =
      std::numeric_limits<float>::quiet_NaN();
  add_place(view_.windows[w.index()], first, group, work, row);
  const WindowScan apex = first + group.apex;
  add_mass_features(work.scans.at(apex), dense.peaks[group.apex], work.scans.total(apex), row);
  if (config_.second_pass.isotopes) {
    add_isotope_features(work.scans.at(apex), dense.peaks[group.apex], work.layout, c, row);
    const run::IsolationWindow& window = view_.windows[w.index()];
    const calibrate::WindowTransmission transmission(
        models_.quad, static_cast<double>(window.low_mz), static_cast<double>(window.high_mz));
    const auto mz = static_cast<double>(row.precursor_mz);
    const int charge = view_.library.charge[row.precursor.index()];
    row.transmitted = static_cast<float>(kernel::transmitted_share(
        (mz - kProtonMass) * charge, transmission.isotopes(mz, kCarbon13Spacing / charge)));
  }
  add_ms1_features(first, trace, group, work, row);
  return row;
}

void WindowSearch::describe(WindowId w, const kernel::FoundCandidate& found,
                            const WindowWorkspace& work, kernel::DenseTrace& dense,
                            std::vector<PsmRow>& rows) const {
  for (std::size_t g = 0; g < found.groups.count; ++g) {
    rows.push_back(describe_group(w, found, g, work, dense));
  }
}

kernel::TraceSettings WindowSearch::settings() const {
  kernel::TraceSettings settings = trace_settings(models_, config_);
  settings.solver.relative_tolerance = kScoringTolerance;
  settings.solver.max_sweeps = kScoringSweeps;
  settings.groups = {static_cast<std::uint8_t>(config_.second_pass.min_group_fragments),
                     static_cast<float>(config_.second_pass.min_match_score), floor_};
  return settings;
}

std::vector<CandidateScore> WindowSearch::match_scores(WindowId w, WindowWorkspace& work,
                                                       ScoringPool& pool) const {
  const run::IsolationWindow& window = view_.windows[w.index()];
  const WindowTemplates templates(view_, models_, config_, window);
  std::vector<CandidateScore> best;
  lay_out(window, templates, work);
  if (work.layout.size() == 0) return best;
  work.scans.assign(view_, models_, window);
  work.scoring.begin(work.layout, work.scans.scans(), settings());
  const ScoringPool::Loan scratch = pool.take();
  for (std::size_t chunk = 0; chunk < work.scoring.chunk_count(); ++chunk) {
    machine_.check_cancelled();
    find_groups(chunk, templates, work, *scratch);
    for (const kernel::FoundCandidate& found : work.scoring.found(chunk)) {
      best.push_back(
          {work.layout.precursor[found.candidate.index()], found.groups.group.front().match_score});
    }
  }
  return best;
}

// Idle threads help with its chunks.
void WindowSearch::score(const WindowTemplates& templates, WindowWorkspace& work,
                         ScoringPool& pool) const {
  kernel::CandidateScoring& scoring = work.scoring;
  scoring.begin(work.layout, work.scans.scans(), settings());
  parallel_for(scoring.chunk_count(), machine_,
               [&](std::size_t chunk, int) { find_groups(chunk, templates, work, *pool.take()); });
  parallel_for(scoring.gather_columns(), machine_,
               [&](std::size_t part, int) { scoring.solve(part, pool.take()->solver); });
}

std::vector<PsmRow> WindowSearch::run(WindowId w, WindowWorkspace& work, ScoringPool& pool) const {
  const run::IsolationWindow& window = view_.windows[w.index()];
  const WindowTemplates templates(view_, models_, config_, window);
  lay_out(window, templates, work);
  std::vector<PsmRow> rows;
  if (work.layout.size() == 0) return rows;
  work.scans.assign(view_, models_, window);
  score(templates, work, pool);
  work.rows.resize(work.scoring.chunk_count());
  parallel_for(work.scoring.chunk_count(), machine_, [&](std::size_t chunk, int) {
    const ScoringPool::Loan scratch = pool.take();
    work.rows[chunk].clear();
    for (const kernel::FoundCandidate& found : work.scoring.found(chunk)) {
      describe(w, found, work, scratch->trace, work.rows[chunk]);
    }
  });
  for (const auto& part : work.rows) rows.insert(rows.end(), part.begin(), part.end());
  return rows;
}

}  // namespace overland::search
