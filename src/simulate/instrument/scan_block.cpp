#include "simulate/instrument/scan_block.h"

#include <algorithm>

#include "chemistry/constants.h"

namespace overland::simulate {
namespace {

constexpr double kFewestIons = 0.1;  // lines with fewer expected ions are not drawn

MzRange range_of(double low, double high) {
  return {Mz{low}, Mz{high}};
}

MzRange reach_of(const RenderInput& input, std::int32_t window) {
  const AcquisitionSettings& s = input.config.acquisition;
  if (window == kMs1) return range_of(s.ms1_low_mz, s.ms1_high_mz);
  return Quadrupole(input.schedule.windows[static_cast<std::size_t>(window)], edges_of(s)).reach();
}

}  // namespace

ScanBlockRenderer::ScanBlockRenderer(const RenderInput& input)
    : input_(input),
      ms1_lines_(
          input.config, input.isotopes,
          range_of(input.config.acquisition.ms1_low_mz, input.config.acquisition.ms1_high_mz)),
      ms2_lines_(
          input.config, input.isotopes,
          range_of(input.config.acquisition.scan_low_mz, input.config.acquisition.scan_high_mz)) {}

// Finds the sources whose isotopes reach the window and that can produce ions in this block.
void ScanBlockRenderer::find_eluting(const ScanBlock& block) {
  const MzRange reach = reach_of(input_, block.window);
  const double first = input_.schedule.scans[block.scans.front()].rt_minutes;
  const double last = input_.schedule.scans[block.scans.back()].rt_minutes;
  const double heaviest = static_cast<double>(kIsotopeCount - 1) * kCarbon13Spacing;
  const auto begin =
      std::ranges::lower_bound(input_.sources, reach.low.value - heaviest, {}, &IonSource::mz);
  const auto end = std::ranges::lower_bound(input_.sources, reach.high.value, {}, &IonSource::mz);
  const double limit = kFewestIons / input_.config.detector.ions_per_intensity;
  waiting_.clear();
  for (auto source = begin; source < end; ++source) {
    if (source->mz + heaviest / source->charge < reach.low.value) continue;
    if (source->elution.stop() < first || source->elution.start() > last) continue;
    // The height of an EMG is at most area / (2.5 sigma).
    if (source->area < 2.5 * source->elution.sigma * limit) continue;
    waiting_.push_back(&*source);
  }
  std::ranges::stable_sort(waiting_, std::greater{},
                           [](const IonSource* source) { return source->elution.start(); });
}

void ScanBlockRenderer::enter(const IonSource& source, const ScanBlock& block) {
  Eluting eluting{&source, lines_.size(), 0, 0, 0};
  Peptide background;
  const Peptide* peptide = nullptr;
  std::uint64_t family = 0;
  std::span<const TrueFragment> fragments;
  if (source.is_background) {
    background = background_peptide(input_.config, source.row, input_.schedule.range());
    peptide = &background;
    family = (std::uint64_t{1} << 40) + source.row;
    if (block.window != kMs1) {
      const SpectrumKey key{static_cast<std::uint64_t>(input_.config.seed), family, 0};
      predict_fragments(background, source.charge, key, input_.config.spectrum, fragments_);
      fragments = fragments_;
    }
  } else {
    const Form& form = input_.world.forms[input_.world.precursors[source.row].form];
    peptide = &form.peptide;
    family = form.family;
    fragments = input_.world.fragments_of(source.row);
  }
  const LineRequest request{*peptide, source.charge, fragments, family};
  if (block.window == kMs1) {
    eluting.transmitted = ms1_lines_.append_ms1(request, lines_);
  } else {
    const Quadrupole quadrupole(input_.schedule.windows[static_cast<std::size_t>(block.window)],
                                edges_of(input_.config.acquisition));
    eluting.transmitted = ms2_lines_.append_ms2(request, quadrupole, lines_);
  }
  eluting.line_end = lines_.size();
  if (eluting.line_end > eluting.line_begin) eluting_.push_back(eluting);
}

ScanBlockPeaks ScanBlockRenderer::render(const ScanBlock& block) {
  ScanBlockPeaks out;
  out.begin.push_back(0);
  lines_.clear();
  eluting_.clear();
  find_eluting(block);
  for (const std::uint32_t scan : block.scans) {
    const double minutes = input_.schedule.scans[scan].rt_minutes;
    while (!waiting_.empty() && waiting_.back()->elution.start() <= minutes) {
      const IonSource* source = waiting_.back();
      waiting_.pop_back();
      if (source->elution.stop() >= minutes) enter(*source, block);
    }
    std::erase_if(eluting_, [&](const Eluting& e) { return e.source->elution.stop() < minutes; });
    gather(block, scan, minutes, out);
  }
  return out;
}

void ScanBlockRenderer::gather(const ScanBlock& block, std::uint32_t scan, double minutes,
                               ScanBlockPeaks& out) {
  const bool is_ms1 = block.window == kMs1;
  const DetectorSettings& detector = input_.config.detector;
  Rng rng = stream(static_cast<std::uint64_t>(input_.config.seed), Stream::scan, scan,
                   input_.model.index + 1);
  const double spray = log_normal(rng, sigma_of_cv(detector.spray_cv));
  double total = 0;
  for (Eluting& e : eluting_) {
    e.current = spray * e.source->area * e.source->elution.density(minutes);
    total += e.current * e.transmitted;
  }
  const double most_ions = total * detector.ions_per_intensity;
  const double target = is_ms1 ? detector.ms1_agc_target_ions : detector.agc_target_ions;
  const double fill = most_ions > target ? target / most_ions : 1.0;
  const double ions_per_intensity = detector.ions_per_intensity * fill;
  peaks_.clear();
  for (const Eluting& e : eluting_) {
    const double ions = e.current * ions_per_intensity;
    for (std::size_t i = e.line_begin; i < e.line_end; ++i) {
      const double expected = ions * static_cast<double>(lines_[i].share);
      if (expected < kFewestIons) break;
      peaks_.push_back({lines_[i].mz, expected});
    }
  }
  const AcquisitionSettings& s = input_.config.acquisition;
  detect(peaks_, input_.config,
         {input_.model.drift.ppm(minutes), is_ms1 ? detector.ms1_resolution : detector.resolution,
          is_ms1 ? s.ms1_low_mz : s.scan_low_mz, is_ms1 ? s.ms1_high_mz : s.scan_high_mz},
         rng);
  for (const IonPeak& peak : peaks_) {
    out.mz.push_back(static_cast<float>(peak.mz));
    out.intensity.push_back(static_cast<float>(peak.ions / ions_per_intensity));
  }
  out.begin.push_back(out.mz.size());
  out.fill.push_back(static_cast<float>(fill));
}

}  // namespace overland::simulate
