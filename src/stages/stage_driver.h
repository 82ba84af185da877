// Does stages in their order, or one at a time. A stage whose result is there already is skipped; a
// run that fails leaves the search, and the others go on.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/summary.h"
#include "stages/stage.h"
#include "stages/stage_store.h"

namespace overland::stages {

enum class StageState : std::uint8_t { done, stale, missing, waits, failed };

// One stage of one run, or of the cohort.
struct StageStatus {
  std::string stage, run;  // run empty: of the cohort
  StageState state = StageState::missing;
  std::string reason = {};  // why it has to be done, what it waits for, or the error
  StageCost cost = {};      // when it was done
  std::string note = {};
};

// A stage of one run, or of all, and why a search would do it.
struct StageStep {
  const Stage* stage = nullptr;
  const RunInput* run = nullptr;  // null: of the cohort
  std::string reason = {};        // empty: its result is up to date
};

class StageDriver {
 public:
  // Views; `plan`, `store` and `stages` outlive the driver.
  StageDriver(const SearchPlan& plan, StageStore& store, std::span<const Stage> stages)
      : plan_(plan), store_(store), stages_(stages), libraries_(plan) {}

  // All stages. The error of a stage over all runs, of the only run that was left, or with
  // `is_strict` of the first run that failed.
  [[nodiscard]] Result<void> run_all(RunSummary& summary);
  // One stage; `run` empty: for each run of the search that did not fail before. The stages that it
  // reads from must be done. Errors OVL-USE-070 (no such stage), OVL-USE-071 (no such run),
  // OVL-IO-062 (a stage that it reads from has to be done first), and those of the stage.
  [[nodiscard]] Result<void> run_one(const std::string& stage, const std::string& run);
  // Every stage of every run.
  [[nodiscard]] std::vector<StageStatus> status();
  // What run_all would do and what it would skip, in its order; nothing is written. A stage that
  // reads what another stage makes anew counts as to be done, although its inputs may come out as
  // they were; runs that have not been read count as no smaller than those that have.
  [[nodiscard]] std::vector<StageStep> steps();

  [[nodiscard]] const std::vector<RunFailure>& failures() const { return failures_; }
  [[nodiscard]] const std::string& note() const { return note_; }

 private:
  [[nodiscard]] const Stage* find(std::string_view full_name) const;
  [[nodiscard]] const Stage& maker_of(const StageInput& input) const;
  [[nodiscard]] bool has_failed(const std::string& run) const;
  void note_failure(RunFailure failure);
  [[nodiscard]] const SharedRuns& runs_left();
  [[nodiscard]] StageJob job_of(const Stage& stage, const RunInput* run);
  [[nodiscard]] StageJob job_of(const Stage& stage, const RunInput* run, SharedRuns runs);
  [[nodiscard]] StageKey name_of(const Stage& stage, std::string_view run) const;
  [[nodiscard]] Result<StageKey> key_of(const Stage& stage, const StageJob& job,
                                        const RunInput* run);
  [[nodiscard]] Result<void> add_inputs(const Stage& stage, const RunInput* run,
                                        InputHashes& inputs);
  [[nodiscard]] Result<std::string> hash_of(const StageInput& input, std::string_view run);
  [[nodiscard]] Result<void> perform(const Stage& stage, const RunInput* run);
  [[nodiscard]] Result<void> work(const Stage& stage, const StageJob& job, const StageKey& key);
  [[nodiscard]] Result<void> run_each(const Stage& stage);
  [[nodiscard]] Result<void> leave_out(const RunInput& run, const Stage& stage, const Error& error);
  void find_failures_before(const Stage& stage);
  // Why the result of a stage cannot be read: it or a stage before it has not been done with the
  // present inputs and parameters. Nothing where it is up to date.
  [[nodiscard]] std::optional<std::string> unfinished(const Stage& stage, const RunInput* run);
  [[nodiscard]] std::optional<std::string> unfinished_before(const Stage& stage,
                                                             const RunInput* run);
  // Which of the files that a stage reads is not as it was made. A stage that is done alone looks
  // at these, and not at what was made before them: with a thousand runs that is a thousandfold.
  [[nodiscard]] std::optional<std::string> damaged_before(const Stage& stage, const RunInput* run);
  [[nodiscard]] Result<void> check_before(const Stage& stage, const RunInput* run);
  [[nodiscard]] StageStatus status_of(const Stage& stage, const RunInput* run);
  using Steps = std::set<std::pair<std::string, std::string>>;  // full name of the stage, run
  [[nodiscard]] std::string reason_to_do(const Stage& stage, const RunInput* run,
                                         const Steps& to_do);
  [[nodiscard]] std::string remade_input(const Stage& stage, const RunInput* run,
                                         const Steps& to_do);
  [[nodiscard]] bool passes_through(const Stage& maker, const StageInput& input,
                                    const RunInput& run, const Steps& to_do);

  const SearchPlan& plan_;
  StageStore& store_;
  std::span<const Stage> stages_;
  OpenLibraries libraries_;
  std::vector<RunFailure> failures_;
  SharedRuns left_;  // runs_left(); empty: to be made anew
  std::map<std::string, std::optional<std::string>> unfinished_;  // what is known, by stage and run
  bool reads_all_outputs_ = true;                                 // `unfinished` looks at them
  std::string note_;                                              // of the last stage
};

}  // namespace overland::stages
