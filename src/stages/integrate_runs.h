// The stages that turn passing precursors into quantities, for all runs of a search:
//   chromatograms (per run, reads the peaks), own_limits (per run), limits (over the runs),
//   integrate (per run).
// Each is skipped when its manifest is current; with one run, or without consensus limits, the
// second and third fall away.
#pragma once

#include <cstdint>
#include <vector>

#include "library/library.h"
#include "stages/integrate.h"
#include "stages/search_run.h"
#include "stages/stage_store.h"

namespace overland {

struct IntegrationJob {
  const Library& library;
  StageStore& store;
  const SearchConfig& config;
  int threads = 1;
  std::uint64_t max_ram = 0;  // bytes for the whole process; 0: what the machine has free
};

class IntegrationStages {
 public:
  explicit IntegrationStages(const IntegrationJob& job) : job_(job) {}

  // Sets run.quantities of each run without error; a run that fails gets its error.
  [[nodiscard]] Result<void> run(std::vector<SearchRun>& runs) const;

 private:
  struct OpenRun;
  [[nodiscard]] StageKey chromatogram_key(const SearchRun& run) const;
  [[nodiscard]] Result<void> make_chromatograms(SearchRun& run) const;
  [[nodiscard]] Result<void> write_chromatograms(const SearchRun& run, const StageKey& key) const;
  [[nodiscard]] Result<void> make_quantities(SearchRun& run, const StageKey& key,
                                             const ConsensusLimits* limits,
                                             double width_minutes) const;
  [[nodiscard]] StageKey quantity_key(const SearchRun& run, const std::string& stage) const;
  [[nodiscard]] Result<ConsensusLimits> agree(std::vector<SearchRun>& runs,
                                              std::string& limits_hash) const;
  [[nodiscard]] Result<void> finish(SearchRun& run, const ConsensusLimits* limits,
                                    const std::string& limits_hash) const;

  const IntegrationJob& job_;
};

}  // namespace overland
