// What explaining one precursor needs of a results folder, opened.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "library/library.h"
#include "params/search_config.h"
#include "run/raw_run.h"
#include "stages/explain.h"
#include "stages/psm_table.h"
#include "stages/run_models.h"
#include "stages/score.h"

namespace overland {

// A row of report.parquet of the precursor.
struct ReportedRow {
  std::string run;
  double rt = 0, rt_start = 0, rt_stop = 0, quantity = 0, interference = 0, points = 0;
  double q_value = 1, global_q_value = 1;
  std::string status;
};

struct ExplainInputs {
  SecondPassParameters search;
  double report_q_value = 0.01;
  Library library;
  RawRun run;
  RunModels models;
  PsmColumns psms;
  RunScores scores;
  std::vector<ReportedRow> reported;  // of all runs
};

struct WantedPrecursor {
  std::string sequence;  // UniMod notation
  int charge = 0;
  [[nodiscard]] std::string id() const { return sequence + std::to_string(charge); }
};

// Errors OVL-USE-041, OVL-LIB-010.
[[nodiscard]] Result<WantedPrecursor> parse_precursor(const std::string& text);

[[nodiscard]] Result<ExplainInputs> open_explain_inputs(const ExplainOptions& options,
                                                        const WantedPrecursor& wanted);

}  // namespace overland
