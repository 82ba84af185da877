#include "plan/measured_costs.h"

#include <algorithm>
#include <vector>

#include "kernel/robust_statistics.h"

namespace overland::plan {
namespace {

using Ratios = std::map<std::string, std::vector<StepCost>>;

StepCost ratio_of(const StepCost& measured, const StepCost& predicted) {
  const auto ratio = [](double m, double p) { return p > 0 ? m / p : 1.0; };
  return {.cpu_seconds = ratio(measured.cpu_seconds, predicted.cpu_seconds),
          .memory_mb = ratio(measured.memory_mb, predicted.memory_mb),
          .disk_mb = ratio(measured.disk_mb, predicted.disk_mb)};
}

StepCost median_of(const std::vector<StepCost>& ratios) {
  const auto median = [&ratios](double StepCost::* part) {
    std::vector<double> values;
    for (const StepCost& ratio : ratios) values.push_back(ratio.*part);
    return kernel::median_of(std::move(values));
  };
  return {.cpu_seconds = median(&StepCost::cpu_seconds),
          .memory_mb = median(&StepCost::memory_mb),
          .disk_mb = median(&StepCost::disk_mb)};
}

// The runs that were in the folder when the stages of the cohort were done last.
InputSizes inputs_before(const stages::StageStore& store, const InputSizes& inputs) {
  InputSizes before = inputs;
  std::erase_if(before.runs,
                [&](const RunSize& run) { return !measured_cost(store, "read", run.name); });
  return before;
}

}  // namespace

std::optional<StepCost> measured_cost(const stages::StageStore& store, const std::string& stage,
                                      const std::string& run) {
  const auto manifest =
      store.manifest({.stage = stage, .run = run, .inputs = {}, .parameters_hash = ""});
  if (!manifest) return std::nullopt;
  double bytes = 0;
  for (const stages::ManifestOutput& output : manifest->outputs)
    bytes += static_cast<double>(output.size);
  return StepCost{.cpu_seconds = manifest->cost.cpu_seconds,
                  .memory_mb = 1e-6 * static_cast<double>(manifest->cost.peak_bytes),
                  .disk_mb = 1e-6 * bytes};
}

MeasuredRates::MeasuredRates(const stages::StageStore& store,
                             std::span<const stages::StageStep> steps, const InputSizes& inputs) {
  const InputSizes before = inputs_before(store, inputs);
  Ratios all;
  for (const stages::StageStep& step : steps) {
    const std::string stage = step.stage->full_name();
    const auto measured = measured_cost(store, stage, step.run == nullptr ? "" : step.run->name);
    if (!measured) continue;
    Sizes sizes = sizes_of(before);
    if (step.run != nullptr) {
      const auto run = std::ranges::find(inputs.runs, step.run->name, &RunSize::name);
      sizes = sizes_of(*run, inputs.library);
    }
    all[stage].push_back(ratio_of(*measured, predict_cost(stage, sizes)));
  }
  for (const auto& [stage, ratios] : all) ratios_[stage] = median_of(ratios);
}

bool MeasuredRates::apply(const std::string& stage, StepCost& predicted) const {
  const auto ratio = ratios_.find(stage);
  if (ratio == ratios_.end()) return false;
  predicted.cpu_seconds *= ratio->second.cpu_seconds;
  predicted.memory_mb *= std::min(1.0, ratio->second.memory_mb);
  predicted.disk_mb *= ratio->second.disk_mb;
  return true;
}

}  // namespace overland::plan
