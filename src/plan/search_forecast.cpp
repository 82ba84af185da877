#include "plan/search_forecast.h"

#include <algorithm>

#include "commands/remote_search.h"
#include "commands/replaced_search.h"
#include "plan/measured_costs.h"
#include "stages/catalogue.h"

namespace overland::plan {
namespace {

constexpr double kBytesPerMb = 1e6;

// Chromatograms are computed in batches that fit (ADR 9).
bool is_cut_to_memory(const std::string& stage) {
  return stage == "chromatograms";
}

class Forecaster {
 public:
  Forecaster(const stages::SearchPlan& plan, const stages::StageStore& store,
             std::span<const stages::StageStep> steps, const InputSizes& inputs)
      : plan_(plan), store_(store), inputs_(inputs), rates_(store, steps, inputs) {}

  [[nodiscard]] ForecastStep forecast(const stages::StageStep& step) const {
    const std::string stage = step.stage->full_name();
    const std::string run = step.run == nullptr ? "" : step.run->name;
    ForecastStep result{
        .stage = stage, .run = run, .inputs = makers_of(*step.stage), .reason = step.reason};
    const auto size = std::ranges::find(inputs_.runs, run, &RunSize::name);
    const bool is_of_run = size != inputs_.runs.end();
    result.threads = useful_threads(stage, is_of_run ? size->windows : 0);
    const auto measured = measured_cost(store_, stage, run);
    result.is_measured = result.is_done() && measured;
    if (result.is_measured) {
      result.cost = *measured;
      return result;
    }
    result.cost =
        predict_cost(stage, is_of_run ? sizes_of(*size, inputs_.library) : sizes_of(inputs_));
    result.is_measured = rates_.apply(stage, result.cost);
    add_safety(result);
    return result;
  }

 private:
  void add_safety(ForecastStep& step) const {
    step.cost.cpu_seconds *= kSafety.cpu_seconds;
    step.cost.memory_mb *= kSafety.memory_mb;
    step.cost.disk_mb *= kSafety.disk_mb;
    const double limit = static_cast<double>(plan_.options.machine.max_ram) / kBytesPerMb;
    if (limit > 0 && is_cut_to_memory(step.stage))
      step.cost.memory_mb = std::min(step.cost.memory_mb, limit);
  }

  const stages::SearchPlan& plan_;
  const stages::StageStore& store_;
  const InputSizes& inputs_;
  MeasuredRates rates_;
};

Result<void> warn_of_refusal(const stages::SearchPlan& plan, stages::StageStore& store) {
  const auto done = commands::check_replaced(plan, store);
  if (done || done.error().code != "OVL-USE-012") return done;
  plan.options.machine.warning("the search will be refused: {}", done.error().message());
  return {};
}

}  // namespace

ForecastTotal SearchForecast::total() const {
  ForecastTotal total;
  for (const ForecastStep& step : steps) {
    total.disk_mb += step.cost.disk_mb;
    if (step.is_done()) continue;
    ++total.steps;
    total.cpu_seconds += step.cost.cpu_seconds;
    total.wall_seconds += step.cost.cpu_seconds / std::max(1, std::min(threads, step.threads));
    total.memory_mb = std::max(total.memory_mb, step.cost.memory_mb);
  }
  return total;
}

Result<SearchForecast> forecast_search(const stages::SearchOptions& options) {
  constexpr const char* kNeedsFiles = "the sizes of files in an object store are not known";
  if (auto done = commands::check_local(options, kNeedsFiles); !done)
    return std::unexpected(done.error());
  const auto plan = stages::plan_search(options);
  if (!plan) return std::unexpected(plan.error());
  const std::vector<stages::Stage> catalogue = stages::search_stages(*plan);
  stages::StageStore store(plan->options.out, options.machine, stages::StoreAccess::read_only);
  if (auto done = warn_of_refusal(*plan, store); !done) return std::unexpected(done.error());
  const std::vector<stages::StageStep> steps = stages::StageDriver(*plan, store, catalogue).steps();
  const auto library = std::ranges::find_if(
      steps, [](const stages::StageStep& step) { return step.stage->full_name() == "library"; });
  auto inputs = input_sizes(*plan, library != steps.end() && library->reason.empty());
  if (!inputs) return std::unexpected(inputs.error());
  SearchForecast forecast{
      .inputs = std::move(*inputs), .steps = {}, .threads = options.machine.threads};
  const Forecaster forecaster(*plan, store, steps, forecast.inputs);
  for (const stages::StageStep& step : steps) forecast.steps.push_back(forecaster.forecast(step));
  return forecast;
}

}  // namespace overland::plan
