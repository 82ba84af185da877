// Refine: the library of a first search predicted anew by a predictor that was tuned on what that
// search identified.
#pragma once

#include <filesystem>
#include <vector>

#include "library/library.h"
#include "predict/predictor_model.h"
#include "stages/search_config.h"
#include "stages/search_run.h"
#include "stages/stage_store.h"

namespace overland {

// Of one precursor the best of its runs; by peptide then, so that the order of runs does not
// matter.
[[nodiscard]] std::vector<TuningExample> best_examples(std::vector<TuningExample> all);

// Beside the refined library: what the predictor was tuned on.
inline constexpr const char* kObservedSpectra = "observed_spectra.parquet";

struct RefineJob {
  const Library& library;               // of the first round
  const predict::PredictorModel& base;  // to be tuned
  const std::vector<SearchRun>& runs;   // scored in the first round
  const RunStages& stages;
  const SearchConfig& config;
  int threads = 1;
};

// The refined library, in work/refine. Errors of build_settings, tune_predictor, repredict_library
// and the store.
[[nodiscard]] Result<Library> refine_library(const RefineJob& job, StageStore& store);

}  // namespace overland
