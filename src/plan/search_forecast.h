// What a search will do in a results folder, and what that will cost: the steps, why each has to be
// done, time, memory and disk. Nothing is written.
#pragma once

#include <string>
#include <vector>

#include "plan/cost_table.h"

namespace overland::plan {

struct ForecastStep {
  std::string stage, run;           // run empty: of all runs together
  std::vector<std::string> inputs;  // stages that it reads from
  std::string reason;               // why it has to be done; empty: up to date
  StepCost cost = {};               // with the safety factor; measured where it is up to date
  int threads = 1;                  // that it can use
  bool is_measured = false;         // rates of this results folder, not of the table
  [[nodiscard]] bool is_done() const { return reason.empty(); }
};

struct ForecastTotal {
  std::size_t steps = 0;    // that have to be done
  double cpu_seconds = 0;   // all of them
  double wall_seconds = 0;  // one after the other, on the threads of the machine
  double memory_mb = 0;     // the largest
  double disk_mb = 0;       // of all outputs together
};

struct SearchForecast {
  InputSizes inputs;
  std::vector<ForecastStep> steps;  // in an order in which they can be done
  int threads = 1;
  [[nodiscard]] ForecastTotal total() const;
};

// Errors OVL-USE-017 (an input or the results folder is a URI), of plan_search, OVL-USE-012 (see
// replaced_search.h), those of size_of_library.
[[nodiscard]] Result<SearchForecast> forecast_search(const stages::SearchOptions& options);

// A table for people, and the object of docs/formats/plan.md.
[[nodiscard]] std::string forecast_text(const SearchForecast& forecast);
[[nodiscard]] std::string forecast_json(const SearchForecast& forecast);

}  // namespace overland::plan
