// What one stage of a search costs, predicted from the sizes of its inputs.
//
// Each cost is a sum of coefficient times size. The coefficients stand in one table
// (cost_table.cpp), which bench/plan.py fits to measured searches.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "plan/input_sizes.h"

namespace overland::plan {

// The sizes, in the order of the coefficients.
enum class Size : std::uint8_t {
  one,                  // 1
  peaks,                // million peaks: of the run, or of all runs
  converted_peaks,      // the same of runs that are no Arrow files
  precursors,           // million precursors of the library
  imported_precursors,  // the same of a library that the search imports
  pairs,                // million pairs of an MS2 scan and a precursor of its window
  peak_pairs,           // billion pairs of a peak and a precursor of a window
  runs,                 // number of runs
  run_precursors,       // runs times million precursors
};
inline constexpr std::size_t kSizes = 9;
using Sizes = std::array<double, kSizes>;

// Of a stage of one run, or with all runs of a stage of the cohort.
[[nodiscard]] Sizes sizes_of(const RunSize& run, const LibrarySize& library);
[[nodiscard]] Sizes sizes_of(const InputSizes& inputs);

struct StepCost {
  double cpu_seconds = 0;  // of one core of the machine of docs/log/2026-11-30-plan.md
  double memory_mb = 0;    // peak of a process that does nothing else
  double disk_mb = 0;      // outputs
};

// Predictions are multiplied by these factors, so that a step rarely takes more than was asked for.
// They cover time and memory of each step, and the disk of the whole search, of the data sets that
// were not fitted (docs/log/2026-11-30-plan.md).
inline constexpr StepCost kSafety{.cpu_seconds = 1.9, .memory_mb = 1.4, .disk_mb = 1.7};

// Without the safety factor. `stage` may have a round before its name ("first_tune"). Zeros for a
// stage that the table does not have.
[[nodiscard]] StepCost predict_cost(std::string_view stage, const Sizes& sizes);

// The largest number of threads that a stage of these inputs keeps busy.
[[nodiscard]] int useful_threads(std::string_view stage, std::uint64_t windows);

}  // namespace overland::plan
