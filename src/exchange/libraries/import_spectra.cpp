#include "exchange/libraries/import_spectra.h"

#include <algorithm>
#include <cmath>

#include "exchange/libraries/import_groups.h"

namespace overland::exchange {
namespace {

constexpr std::size_t kMeasuredSpectra = 200;
constexpr std::size_t kMeasuredPeaks = 6;  // strongest peaks of a spectrum
constexpr double kMeasureWithin = 0.5;     // Th
constexpr int kMaxSpectrumCharge = 20;

bool is_unnamed(const SourceSpectrum& spectrum) {
  return std::ranges::any_of(spectrum.peaks,
                             [](const SourcePeak& peak) { return peak.annotation.empty(); });
}

}  // namespace

void SpectrumImporter::take(SourceSpectrum spectrum) {
  report_.rows_read += spectrum.peaks.size();
  if (tolerance_ || !is_unnamed(spectrum)) return add(spectrum);
  measure(spectrum);
  waiting_.push_back(std::move(spectrum));
  if (waiting_.size() >= kMeasuredSpectra) settle_tolerance();
}

void SpectrumImporter::leave_out(Drop reason, std::uint64_t peaks) {
  report_.rows_read += peaks;
  groups_.drop(reason, peaks);
}

void SpectrumImporter::measure(const SourceSpectrum& spectrum) {
  const auto peptide = parse_peptide(spectrum.sequence);
  if (!peptide) return;
  ladder_.assign(*peptide, spectrum.charge);
  std::vector<std::pair<float, double>> strongest;
  for (const SourcePeak& peak : spectrum.peaks) {
    if (std::isfinite(peak.intensity) && std::isfinite(peak.mz) && peak.mz > 0) {
      strongest.emplace_back(-peak.intensity, peak.mz);
    }
  }
  const std::size_t count = std::min(kMeasuredPeaks, strongest.size());
  std::ranges::partial_sort(strongest, strongest.begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    const double mz = strongest[i].second;
    if (const auto distance = ladder_.distance(mz, kMeasureWithin)) {
      distances_ppm_.push_back(*distance / mz * 1e6);
    }
  }
}

void SpectrumImporter::settle_tolerance() {
  tolerance_ = tolerance_of(distances_ppm_);
  for (const SourceSpectrum& spectrum : waiting_) add(spectrum);
  waiting_ = {};
}

void SpectrumImporter::add(const SourceSpectrum& spectrum) {
  const bool has_charge = spectrum.charge >= 1 && spectrum.charge <= kMaxSpectrumCharge;
  ImportGroup& group = groups_.at({spectrum.sequence, has_charge ? spectrum.charge : 0,
                                   spectrum.is_decoy, spectrum.precursor_mz});
  if (group.defect) {
    groups_.drop(*group.defect, spectrum.peaks.size());
    return;
  }
  library::LibraryPrecursor& precursor = group.precursor;
  if (std::isnan(precursor.irt)) precursor.irt = static_cast<float>(spectrum.irt);
  if (group.name.empty()) group.name = spectrum.name;
  append_distinct(group.proteins, spectrum.proteins);
  append_distinct(group.genes, spectrum.genes);
  group.is_precursor_mz_off =
      is_other_mz(spectrum.precursor_mz, precursor_mz(precursor.peptide, precursor.charge).value);
  add_peaks(spectrum, group);
}

AnnotatedIon SpectrumImporter::ion_of(const SourcePeak& peak) const {
  if (!peak.annotation.empty()) {
    AnnotatedIon named = parse_annotation(peak.annotation);
    if (named.ion && named.ion->charge == 0) named.ion->charge = 1;
    return named;
  }
  return {ladder_.nearest(peak.mz, tolerance_.value_or(kAccurate)), Drop::unexplained};
}

void SpectrumImporter::add_peaks(const SourceSpectrum& spectrum, ImportGroup& group) {
  const Peptide& peptide = group.precursor.peptide;
  if (is_unnamed(spectrum)) ladder_.assign(peptide, spectrum.charge);
  for (const SourcePeak& peak : spectrum.peaks) {
    const AnnotatedIon found = ion_of(peak);
    const auto reason = [&]() -> std::optional<Drop> {
      if (!(peak.intensity > 0) || !std::isfinite(peak.intensity)) return Drop::no_intensity;
      if (!found.ion) return found.reason;
      if (found.ion->charge > kMaxFragmentCharge) return Drop::fragment_charge;
      if (found.ion->ordinal >= peptide.residues.size()) return Drop::ordinal;
      return std::nullopt;
    }();
    if (reason) {
      groups_.drop(*reason);
      continue;
    }
    const double mz = fragment_mz(peptide, *found.ion).value;
    if (!(mz >= kMinFragmentMz && mz <= kMaxFragmentMz)) {
      groups_.drop(Drop::mz_range);
      continue;
    }
    // Only annotated peaks are checked: other peaks were matched by their m/z.
    if (!peak.annotation.empty() && is_other_mz(peak.mz, mz)) ++report_.fragments_recomputed;
    group.precursor.fragments.push_back({*found.ion, static_cast<float>(mz), peak.intensity});
  }
}

Result<ImportedLibrary> SpectrumImporter::finish() {
  if (!waiting_.empty()) settle_tolerance();
  return groups_.finish(std::move(report_), where_);
}

}  // namespace overland::exchange
