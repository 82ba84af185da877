#include "simulate/world/run_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulate/world/random_streams.h"

namespace overland::simulate {
namespace {

std::uint64_t seed_of(const SimulationConfig& config) {
  return static_cast<std::uint64_t>(config.seed);
}

// Amount of each protein in the run, relative to the median protein.
std::vector<double> protein_amounts(const SimulationConfig& config, const World& world,
                                    const RunModel& run) {
  const double sigma = sigma_of_cv(config.cohort.biological_cv);
  std::vector<double> amounts(world.proteins.size(), 0);
  for (std::size_t p = 0; p < amounts.size(); ++p) {
    const Protein& protein = world.proteins[p];
    if (protein.is_absent) continue;
    Rng rng = stream(seed_of(config), Stream::protein_in_run, p, run.index + 1);
    amounts[p] = pinned::exp(protein.ln_abundance) * protein.condition_ratio[run.condition] *
                 log_normal(rng, sigma);
  }
  return amounts;
}

void draw_run_properties(const SimulationConfig& config, const World& world, RunModel& run) {
  Rng rng = stream(seed_of(config), Stream::run, run.index);
  const RetentionSettings& rt = config.retention;
  run.loading = log_normal(rng, sigma_of_cv(config.cohort.loading_cv));
  run.width_scale = log_normal(rng, config.elution.run_spread);
  const double shift = rt.run_shift_minutes * rng.normal();
  run.warp = {world.irt_low,
              world.irt_high,
              rt.first_minute + shift,
              rt.last_minute + shift,
              rt.curvature + rt.run_curvature * std::clamp(rng.normal(), -2.0, 2.0),
              rt.skew};
  const MassErrorSettings& mass = config.mass_error;
  run.drift.offset = mass.offset_ppm + mass.run_offset_ppm * rng.normal();
  run.drift.linear = mass.drift_ppm * rng.normal();
  run.drift.quadratic = mass.drift_ppm * rng.normal();
  run.drift.end_minutes = rt.gradient_minutes;
}

void set_form(const SimulationConfig& config, const Form& form, std::size_t row,
              const ElutionShape& shape, RunModel& run) {
  Rng rng = stream(seed_of(config), Stream::peptide_in_run, row, run.index + 1);
  const RetentionSettings& rt = config.retention;
  run.form_area[row] *= static_cast<float>(
      log_normal(rng, sigma_of_cv(config.cohort.technical_cv)) * config.abundance.median_area *
      run.loading * pinned::exp(static_cast<double>(form.ln_factor)));
  double apex = run.warp.minutes(static_cast<double>(form.irt)) + rt.jitter_minutes * rng.normal();
  if (rng.uniform() < rt.outlier_share) apex += rt.outlier_minutes * rng.normal();
  Elution& peak = run.elution[row];
  peak.sigma = static_cast<double>(form.sigma) * run.width_scale;
  peak.tau = static_cast<double>(form.tau) * run.width_scale;
  const ElutionShape::Values values = shape.at(peak.sigma, peak.tau);
  peak.mu = apex - values.apex_offset;
  run.apex_minutes[row] = static_cast<float>(apex);
  run.fwhm_minutes[row] = static_cast<float>(values.fwhm);
}

}  // namespace

double RetentionWarp::at(double u) const {
  if (u < 0) return u * (1 + curvature + skew);
  if (u > 1) return 1 + (u - 1) * (1 - curvature + skew);
  return u + curvature * u * (1 - u) + skew * u * (1 - u) * (1 - 2 * u);
}

double RetentionWarp::minutes(double irt) const {
  return first + (last - first) * at((irt - irt_low) / (irt_high - irt_low));
}

double MassDrift::ppm(double minutes) const {
  const double x = 2 * minutes / end_minutes - 1;
  return offset + linear * x + quadratic * 0.5 * (3 * x * x - 1);
}

RunModel make_run(const SimulationConfig& config, const World& world, std::uint32_t condition,
                  std::uint32_t replicate) {
  static const ElutionShape shape;
  RunModel run;
  run.condition = condition;
  run.replicate = replicate;
  run.index = condition * static_cast<std::uint32_t>(config.cohort.replicates) + replicate;
  run.name = fmt::format("{}_{}_{}", config.name, world.conditions[condition], replicate + 1);
  draw_run_properties(config, world, run);
  const std::vector<double> amounts = protein_amounts(config, world, run);
  const std::size_t forms = world.forms.size();
  run.form_area.assign(forms, 0);
  run.elution.resize(forms);
  run.apex_minutes.resize(forms);
  run.fwhm_minutes.resize(forms);
  for (std::size_t i = 0; i < forms; ++i) {
    if (world.forms[i].is_in_sample) {
      double amount = 0;
      for (const std::uint32_t p : world.protein_sets[world.forms[i].protein_set].proteins) {
        amount += amounts[p];
      }
      run.form_area[i] = static_cast<float>(amount);
    }
    set_form(config, world.forms[i], i, shape, run);
  }
  return run;
}

}  // namespace overland::simulate
