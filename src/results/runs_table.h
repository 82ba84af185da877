// runs.parquet: what each run is like, and how its calibration fits.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/summary.h"
#include "identify/passing.h"
#include "run/run_record.h"
#include "search/run_models.h"

namespace overland::results {

struct RunRow {
  std::string name, file;
  std::optional<Error> error;  // why it left the search
  run::RunRecord record;
  search::RunModels models;
  identify::PassingCounts counts;              // at the report's q-value
  std::uint64_t traces = 0, trace_points = 0;  // of its stored chromatograms
  StageCost chromatograms, integration;        // of the two stages
};

// One row per run of the search, failed ones too.
[[nodiscard]] Result<void> write_runs_table(const std::vector<RunRow>& runs,
                                            const std::filesystem::path& file);

}  // namespace overland::results
