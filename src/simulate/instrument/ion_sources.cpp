#include "simulate/instrument/ion_sources.h"

#include <algorithm>
#include <cmath>

#include "simulate/world/proteome.h"
#include "simulate/world/random_streams.h"

namespace overland::simulate {
namespace {

constexpr double kMeanResidueMass = 110;  // Da
constexpr double kSmallestArea = 1e-9;

std::uint64_t seed_of(const SimulationConfig& config) {
  return static_cast<std::uint64_t>(config.seed);
}

std::uint8_t background_charge(Rng& rng) {
  return rng.uniform() < 0.65 ? 2 : 3;
}

// Draws charge, m/z and residues in this order; repeating the call with the same stream gives the
// same peptide.
Peptide draw_peptide(Rng& rng, MzRange range, std::uint8_t& charge) {
  charge = background_charge(rng);
  const double mz = range.low.value + (range.high.value - range.low.value) * rng.uniform();
  const int length = std::max(6, static_cast<int>(mz * charge / kMeanResidueMass + 0.5));
  return Peptide{random_tryptic_peptide(rng, std::min(length, 60)), {}};
}

IonSource background_source(const SimulationConfig& config, const RunModel& run,
                            std::uint32_t number, MzRange range) {
  Rng rng = stream(seed_of(config), Stream::background, number);
  IonSource source;
  source.row = number;
  source.is_background = true;
  const Peptide peptide = draw_peptide(rng, range, source.charge);
  source.mz = precursor_mz(peptide, source.charge).value;
  const NoiseSettings& s = config.noise;
  source.area = s.background_median_area * log_normal(rng, s.background_sigma);
  const double width = s.background_width * log_normal(rng, 0.5);
  source.elution.sigma = config.elution.sigma_seconds / 60 * width;
  source.elution.tau = config.elution.tau_seconds / 60 * width;
  source.elution.mu = config.retention.gradient_minutes * rng.uniform();
  // Variation of the background precursor between runs, as for peptides.
  Rng own = stream(seed_of(config), Stream::background_in_run, number, run.index + 1);
  source.elution.mu += config.retention.jitter_minutes * own.normal();
  source.area *= run.loading * log_normal(own, sigma_of_cv(config.cohort.technical_cv));
  return source;
}

}  // namespace

Peptide background_peptide(const SimulationConfig& config, std::uint32_t number, MzRange range) {
  Rng rng = stream(seed_of(config), Stream::background, number);
  std::uint8_t charge = 0;
  return draw_peptide(rng, range, charge);
}

std::vector<IonSource> make_ion_sources(const SimulationConfig& config, const World& world,
                                        const RunModel& run, MzRange range) {
  std::vector<IonSource> sources;
  for (std::size_t i = 0; i < world.precursors.size(); ++i) {
    const Precursor& precursor = world.precursors[i];
    const double area = static_cast<double>(run.form_area[precursor.form]) *
                        static_cast<double>(precursor.charge_share);
    if (area < kSmallestArea) continue;
    sources.push_back({precursor.mz, area, run.elution[precursor.form],
                       static_cast<std::uint32_t>(i), precursor.charge, false});
  }
  const double count = config.noise.background_density * (range.high.value - range.low.value) *
                       config.retention.gradient_minutes;
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(count); ++i) {
    sources.push_back(background_source(config, run, i, range));
  }
  std::ranges::stable_sort(sources, {}, &IonSource::mz);
  return sources;
}

}  // namespace overland::simulate
