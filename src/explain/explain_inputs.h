// Opens the files of a results folder that are needed to explain one precursor.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "explain/explain.h"
#include "identify/score.h"
#include "library/library.h"
#include "params/search_config.h"
#include "run/raw_run.h"
#include "search/psm_table.h"
#include "search/run_models.h"

namespace overland::explain {

// A row of the precursor in report.parquet.
struct ReportedRow {
  std::string run;
  double rt = 0, rt_start = 0, rt_stop = 0, quantity = 0, interference = 0, points = 0;
  double q_value = 1, global_q_value = 1;
  std::string status;
};

struct ExplainInputs {
  params::SecondPassParameters search;
  double report_q_value = 0.01;
  library::Library library;
  run::RawRun run;
  search::RunModels models;
  search::PsmColumns psms;
  identify::RunScores scores;
  std::vector<ReportedRow> reported;  // rows of all runs
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

}  // namespace overland::explain
