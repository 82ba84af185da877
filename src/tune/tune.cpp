#include "tune/tune.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/files/hash.h"
#include "kernel/robust_statistics.h"
#include "tune/split_isotopes.h"

namespace overland::tune {
namespace {

constexpr std::size_t kEnoughForWide = 500;  // confident precursors; a thinned wide pass suffices
constexpr std::size_t kWideShare = 4;        // of the scans, one in so many
constexpr std::size_t kLeastMs1 =
    100;  // isotopes; with fewer, MS1 scans have the fragments' mass error

double median_peak_intensity(const search::RunView& view) {
  constexpr std::size_t kSampledPeaks = 2'000'000;
  std::size_t total = 0;
  for (const run::IsolationWindow& window : view.windows) {
    for (const RunScan scan : window.scans) total += view.run.peaks(scan).size();
  }
  const std::size_t stride = 1 + total / kSampledPeaks;
  std::vector<double> sample;
  std::size_t next = 0;
  std::size_t seen = 0;
  for (const run::IsolationWindow& window : view.windows) {
    for (const RunScan scan : window.scans) {
      const std::span<const float> intensity = view.run.peaks(scan).intensity;
      for (; next < seen + intensity.size(); next += stride) {
        sample.push_back(static_cast<double>(intensity[next - seen]));
      }
      seen += intensity.size();
    }
  }
  return kernel::median_of(std::move(sample));
}

double cycle_minutes(const search::RunView& view) {
  std::vector<double> gaps;
  for (const run::IsolationWindow& window : view.windows) {
    for (std::size_t k = 1; k < window.scans.size(); ++k) {
      gaps.push_back(static_cast<double>(view.rt_of(window.scans[k])) -
                     static_cast<double>(view.rt_of(window.scans[k - 1])));
    }
  }
  return kernel::median_of(std::move(gaps));
}

// What the run is like, known without any identification.
search::RunModels properties_of(const search::RunView& view, const params::TuneParameters& config) {
  search::RunModels models = search::uncalibrated(view, config);
  models.median_peak_intensity = median_peak_intensity(view);
  models.cycle_minutes = cycle_minutes(view);
  std::string edges;
  models.first_minute = std::numeric_limits<double>::infinity();
  models.last_minute = -models.first_minute;
  for (const run::IsolationWindow& window : view.windows) {
    edges += fmt::format("{:.2f}-{:.2f} ", window.low_mz, window.high_mz);
    if (window.scans.empty()) continue;
    models.first_minute =
        std::min(models.first_minute, static_cast<double>(view.rt_of(window.scans.front())));
    models.last_minute =
        std::max(models.last_minute, static_cast<double>(view.rt_of(window.scans.back())));
  }
  if (models.first_minute > models.last_minute) models.first_minute = models.last_minute = 0;
  models.scheme = hash_text(edges);
  return models;
}

calibrate::MassErrorSettings mass_settings(const params::CalibrationConfig& config) {
  calibrate::MassErrorSettings settings;
  settings.sigma = config.mass_sigma;
  settings.min_tolerance_ppm = config.min_tolerance_ppm;
  settings.by_rt = config.mass_by_rt;
  settings.by_mz = config.mass_by_mz;
  return settings;
}

// Without enough isotopes: the fragments' offset, and room for a difference between the two.
calibrate::MassErrorModel ms1_from_ms2(const calibrate::MassErrorModel& ms2) {
  calibrate::MassErrorModel model = ms2;
  model.source = calibrate::ModelSource::preset;
  if (ms2.method == calibrate::MassMethod::none) return model;
  model.source = calibrate::ModelSource::ms2;
  model.tolerance = {std::min(ms2.tolerance.low, -10.0F), std::max(ms2.tolerance.high, 10.0F)};
  return model;
}

calibrate::MassErrorModel fit_ms1(const CalibrationPoints& points,
                                  const calibrate::MassErrorModel& ms2,
                                  const params::CalibrationConfig& config) {
  calibrate::MassErrorSettings settings = mass_settings(config);
  settings.min_points = kLeastMs1;
  calibrate::MassErrorModel model;
  if (config.ms1_mass) model = calibrate::fit_mass_error(points.ms1_mass, {-20, 20}, settings);
  return model.method == calibrate::MassMethod::none ? ms1_from_ms2(ms2) : model;
}

calibrate::RtModel fit_rt(const search::FirstPassJob& job, const CalibrationPoints& points,
                          const params::CalibrationConfig& config) {
  const search::RunView& view = job.view;
  calibrate::RtSettings settings;
  settings.sigma = config.rt_sigma;
  settings.is_local = config.rt_local;
  const auto [low, high] = std::minmax_element(view.library.irt.begin(), view.library.irt.end());
  const bool is_empty = view.library.irt.empty();
  if (points.rt.size() >= settings.min_linear && calibrate::runs_backwards(points.rt)) {
    job.machine.warning(
        "{}: the library's retention scale runs against the run's: it is not used. Do larger "
        "values "
        "in the library elute later?",
        view.run.name());
  }
  return calibrate::fit_rt_model(
      config.rt ? std::span(points.rt) : std::span<const calibrate::RtPoint>(),
      is_empty ? 0 : static_cast<double>(*low), is_empty ? 1 : static_cast<double>(*high),
      settings);
}

void fit_models(const search::FirstPassJob& job, const CalibrationPoints& points,
                const params::TuneParameters& config, search::RunModels& models) {
  const params::CalibrationConfig& c = config.calibration;
  models.mass = calibrate::fit_mass_error(
      c.mass ? std::span(points.mass) : std::span<const calibrate::MassErrorPoint>(), points.window,
      mass_settings(c));
  models.ms1_mass = fit_ms1(points, models.mass, c);
  models.rt = fit_rt(job, points, c);
  if (!job.view.library.form.spline) return;
  const library::SplineForm& form = *job.view.library.form.spline;
  models.energy = calibrate::fit_energy(
      c.nce_fit ? std::span(points.energy) : std::span<const calibrate::EnergyPoint>(), models.nce,
      form.low_nce, form.high_nce, {});
  if (models.energy.method == calibrate::EnergyMethod::none && c.nce > 0) {
    models.energy.source = calibrate::ModelSource::configured;
  }
}

// Once, from the hits that the final models are made from.
void fit_quad(const search::RunView& view, std::span<const search::FirstPassHit> hits,
              const params::TuneParameters& config, search::RunModels& models) {
  if (!config.calibration.quad) return;
  models.quad = calibrate::fit_quadrupole(split_isotope_rows(view, models, hits), {});
}

// Few scans do where precursors are many; where they are not, all that are allowed.
Result<search::FirstPassResult> wide_pass(const search::FirstPassJob& job,
                                          const search::RunModels& models,
                                          const params::TuneParameters& config) {
  const auto max_scans = static_cast<std::size_t>(config.first_pass.max_scans);
  if (config.calibration.second_round) {
    auto thinned =
        search::first_pass(job, models, std::max<std::size_t>(max_scans / kWideShare, 1), config);
    if (!thinned || thinned->confident.size() >= kEnoughForWide) return thinned;
    std::size_t scans = 0;
    for (const run::IsolationWindow& window : job.view.windows) scans += window.scans.size();
    if (thinned->scans >= scans) return thinned;
  }
  return search::first_pass(job, models, max_scans, config);
}

struct WidePass {
  search::FirstPassResult hits;
  params::TuneParameters config;  // with the tolerance that found them
};

// Hardly a confident precursor may mean that the mass axis is off by more than the tolerance: then
// a wider one is tried, and believed when it finds clearly more.
Result<WidePass> find_first(const search::FirstPassJob& job, const search::RunModels& models,
                            const params::TuneParameters& config) {
  constexpr std::size_t kFew = 50;
  constexpr double kWider = 2.5;
  constexpr std::size_t kClearly = 20;  // more than twice as many, and so many
  auto hits = wide_pass(job, models, config);
  if (!hits) return std::unexpected(hits.error());
  WidePass first{std::move(*hits), config};
  if (first.hits.confident.size() >= kFew || !config.calibration.mass) return first;
  WidePass wider{{}, config};
  wider.config.first_pass.tolerance_ppm *= kWider;
  search::RunModels open = models;
  open.mass.tolerance = search::uncalibrated(job.view, wider.config).mass.tolerance;
  hits = wide_pass(job, open, wider.config);
  if (!hits) return std::unexpected(hits.error());
  wider.hits = std::move(*hits);
  return wider.hits.confident.size() >= kClearly + 2 * first.hits.confident.size() ? wider : first;
}

}  // namespace

Result<TunedRun> tune(const search::FirstPassJob& job, const params::TuneParameters& config) {
  const search::RunView& view = job.view;
  TunedRun tuned;
  search::RunModels& models = tuned.models;
  models = properties_of(view, config);
  const auto found = find_first(job, models, config);
  if (!found) return std::unexpected(found.error());
  const search::FirstPassResult* const wide = &found->hits;
  models.confident = models.confident_wide = wide->confident.size();
  models.mass.tolerance = search::uncalibrated(view, found->config).mass.tolerance;
  tuned.points = gather_points(view, wide->confident, models, found->config);
  fit_models(job, tuned.points, config, models);
  fit_quad(view, wide->confident, config, models);
  if (!config.calibration.second_round || models.mass.method == calibrate::MassMethod::none)
    return tuned;
  const auto narrow = search::first_pass(
      job, models, static_cast<std::size_t>(config.first_pass.max_scans), config);
  if (!narrow) return std::unexpected(narrow.error());
  // Fewer would mean that the first models mislead: then the wide view stays.
  if (narrow->confident.size() <= wide->confident.size()) return tuned;
  models.confident = narrow->confident.size();
  tuned.points = gather_points(view, narrow->confident, models, config);
  fit_models(job, tuned.points, config, models);
  fit_quad(view, narrow->confident, config, models);
  return tuned;
}

}  // namespace overland::tune
