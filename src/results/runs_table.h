// runs.parquet: properties of each run and of its calibration.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/summary.h"
#include "identify/accepted.h"
#include "run/run_record.h"
#include "search/run_models.h"

namespace overland::results {

struct RunRow {
  std::string name, file;
  std::optional<Error> error;  // the error that excluded the run from the search
  run::RunRecord record;
  search::RunModels models;
  identify::AcceptedCounts counts;             // accepted rows at the report's q-value
  std::uint64_t traces = 0, trace_points = 0;  // size of the stored chromatograms
  StageCost chromatograms, integration;        // time and memory of the two stages
};

// One row per run of the search, including failed runs.
[[nodiscard]] Result<void> write_runs_table(const std::vector<RunRow>& runs,
                                            const std::filesystem::path& file);

}  // namespace overland::results
