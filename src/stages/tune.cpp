#include "stages/tune.h"

#include <algorithm>
#include <array>

#include "kernel/robust_statistics.h"
#include "stages/split_isotopes.h"

namespace overland {
namespace {

constexpr std::size_t kFragmentsForMass = 6;  // strongest of each identification

std::vector<MassErrorPoint> mass_errors(const RunContext& context, const FirstPassResult& first,
                                        PpmWindow tolerance) {
  std::vector<MassErrorPoint> points;
  for (const FirstPassHit& hit : first.confident) {
    const ScanPeaks peaks = context.run.peaks(hit.scan);
    const std::span<const float> mz = context.fragment_mz(hit.precursor);
    for (std::size_t f = 0; f < std::min(mz.size(), kFragmentsForMass); ++f) {
      const double theoretical = static_cast<double>(mz[f]);
      const std::int32_t peak = nearest_peak(peaks, theoretical, tolerance);
      if (peak < 0) continue;
      const double observed = static_cast<double>(peaks.mz[static_cast<std::size_t>(peak)]);
      points.push_back({static_cast<double>(context.rt_of(hit.scan)),
                        (observed - theoretical) / theoretical * 1e6});
    }
  }
  return points;
}

double median_peak_intensity(const RunContext& context) {
  constexpr std::size_t kSampledPeaks = 2'000'000;
  std::size_t total = 0;
  for (const IsolationWindow& window : context.windows) {
    for (const std::uint32_t scan : window.scans) total += context.run.peaks(scan).size();
  }
  const std::size_t stride = 1 + total / kSampledPeaks;
  std::vector<double> sample;
  std::size_t next = 0;
  std::size_t seen = 0;
  for (const IsolationWindow& window : context.windows) {
    for (const std::uint32_t scan : window.scans) {
      const std::span<const float> intensity = context.run.peaks(scan).intensity;
      for (; next < seen + intensity.size(); next += stride) {
        sample.push_back(static_cast<double>(intensity[next - seen]));
      }
      seen += intensity.size();
    }
  }
  return median_of(std::move(sample));
}

double cycle_minutes(const RunContext& context) {
  std::vector<double> gaps;
  for (const IsolationWindow& window : context.windows) {
    for (std::size_t k = 1; k < window.scans.size(); ++k) {
      gaps.push_back(static_cast<double>(context.rt_of(window.scans[k])) -
                     static_cast<double>(context.rt_of(window.scans[k - 1])));
    }
  }
  return median_of(std::move(gaps));
}

}  // namespace

RunModels tune(const RunContext& context, const FirstPassResult& first,
               const SearchConfig& config) {
  RunModels models;
  models.confident = first.confident.size();
  models.median_peak_intensity = median_peak_intensity(context);
  models.nce = starting_nce(context.library, config.calibration.nce);
  models.cycle_minutes = cycle_minutes(context);
  const auto wide = static_cast<float>(config.first_pass.tolerance_ppm);
  MassErrorSettings mass;
  mass.sigma = config.calibration.mass_sigma;
  mass.min_tolerance_ppm = config.calibration.min_tolerance_ppm;
  std::vector<MassErrorPoint> errors;
  if (config.calibration.mass) errors = mass_errors(context, first, {-wide, wide});
  models.mass = fit_mass_error(errors, {-wide, wide}, mass);
  std::vector<RtPoint> points;
  if (config.calibration.rt) {
    for (const FirstPassHit& hit : first.confident) {
      points.push_back({static_cast<double>(context.rt_of(hit.scan)),
                        static_cast<double>(context.library.irt[hit.precursor])});
    }
  }
  RtSettings rt;
  rt.sigma = config.calibration.rt_sigma;
  const auto [low, high] =
      std::minmax_element(context.library.irt.begin(), context.library.irt.end());
  const bool is_empty = context.library.irt.empty();
  models.rt = fit_rt_model(points, is_empty ? 0 : static_cast<double>(*low),
                           is_empty ? 1 : static_cast<double>(*high), rt);
  if (config.calibration.quad) {
    models.quad = fit_quadrupole(split_isotope_rows(context, models, first.confident), {});
  }
  return models;
}

}  // namespace overland
