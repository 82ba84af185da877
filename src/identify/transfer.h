// Match between runs: precursors that pass in some runs (donors) are looked for in the runs where
// they do not pass (acceptors), at the time where they are expected, with an error rate of its own.
// docs/adr/0013-transfer-fdr-from-donor-decoys.md says what the error rate is measured with.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "identify/score.h"
#include "library/library.h"
#include "params/search_config.h"

namespace overland::identify {

struct TransferInput {
  std::string name;
  std::filesystem::path psms, rows, scores;  // psms.arrow; of the score stage: RowScores, RunScores
  std::filesystem::path matched;             // to be written: RunScores with transfers
};

struct TransferSummary {
  std::size_t candidates = 0;                // looked for and found, in all runs
  std::vector<std::size_t> targets, decoys;  // accepted, per run; decoys: what they compete with
  std::vector<double> irt_sd;                // per run: of the times it shares with the others
};

// Run after run; between them stay two numbers per precursor and one score per transfer.
[[nodiscard]] Result<TransferSummary> transfer_runs(const std::vector<TransferInput>& runs,
                                                    const library::LibraryView& library,
                                                    const params::TransferParameters& config,
                                                    int threads);

}  // namespace overland::identify
