// What stages of this results folder cost when they were done, beside what the table says.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>

#include "plan/cost_table.h"
#include "stages/stage_driver.h"

namespace overland::plan {

// As the manifest of the step records it; nothing where it was never done. The memory is the peak
// of the process until then, which may have done other steps before.
[[nodiscard]] std::optional<StepCost> measured_cost(const stages::StageStore& store,
                                                    const std::string& stage,
                                                    const std::string& run);

// Measured over predicted cost of each stage that was done before: the median over runs.
class MeasuredRates {
 public:
  MeasuredRates(const stages::StageStore& store, std::span<const stages::StageStep> steps,
                const InputSizes& inputs);

  // Changes a prediction to the rates of this folder; false where none are known. Memory only
  // falls: a measured peak is at most too large.
  [[nodiscard]] bool apply(const std::string& stage, StepCost& predicted) const;

 private:
  std::map<std::string, StepCost> ratios_;
};

}  // namespace overland::plan
