// Match between runs: precursors accepted in some runs (donors) are searched, at their predicted
// retention time, in the runs in which they are not accepted (acceptors). The transfers have their
// own error rate, described in docs/adr/0013-transfer-fdr-from-donor-decoys.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/machine.h"
#include "identify/score.h"
#include "library/library.h"
#include "params/search_config.h"

namespace overland::identify {

struct TransferInput {
  std::string name;
  std::filesystem::path psms, rows, scores;  // psms.arrow; RowScores and RunScores of stage `score`
  std::filesystem::path matched;             // output file: RunScores with transfers
};

struct TransferSummary {
  std::size_t candidates = 0;                // candidate transfers in all runs
  std::vector<std::size_t> targets, decoys;  // per run: accepted transfers; decoys at that score
  std::vector<double> irt_sd;                // per run: SD of observed minus predicted iRT
};

// Processes one run after another; a few numbers per precursor and one score per transfer are kept
// in memory.
[[nodiscard]] Result<TransferSummary> transfer_runs(const std::vector<TransferInput>& runs,
                                                    const library::LibraryView& library,
                                                    const params::TransferParameters& config,
                                                    const Machine& machine);

}  // namespace overland::identify
