// A stage of the search: one step that reads files, writes files, and depends on nothing else.
//
// The stages stand in stages/catalogue.h. The driver (stages/stage_driver.h) makes the key of a
// stage from the hashes of what it reads and of its parameters, skips it where its result is there
// already, and keeps a run that fails from stopping the others.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files/hash.h"
#include "base/machine.h"
#include "library/library.h"
#include "params/results_folder.h"
#include "run/raw_run.h"
#include "stages/search_plan.h"

namespace overland::stages {

// Whether a stage is done for each run on its own, or once for all runs of the search.
enum class Scope : std::uint8_t { run, cohort };

// An input of a stage. `round` stands before the name of the stage that makes it.
struct StageInput {
  params::Artefact artefact;
  std::string round = {};
};

// A run that left the search, and the stage that it failed in.
struct RunFailure {
  std::string run, stage;
  Error error;
};

// The library that a stage works with, as the stages `build_library`, `library` and `refine` leave
// it in a file: where it is and what it holds.
struct LibraryRecord {
  std::string path;  // relative to the results folder where it lies there; empty: as it was given
  std::string hash;  // content hash
  bool shares_times = false;  // decoys have the iRT of their targets (Library::share_times)
  std::uint64_t precursors = 0;
};
[[nodiscard]] Result<void> write_library_record(const LibraryRecord& record,
                                                const std::filesystem::path& file);
// Errors OVL-IO-001, OVL-IO-003.
[[nodiscard]] Result<LibraryRecord> read_library_record(const std::filesystem::path& file);

// Libraries that are open in this process: each is opened once, whatever the number of stages.
class OpenLibraries {
 public:
  explicit OpenLibraries(const SearchPlan& plan)
      : root_(plan.options.out), given_(plan.options.library), machine_(plan.options.machine) {}

  // Errors of read_library_record and Library::open, OVL-LIB-040 (it is not the library of the
  // record any more).
  [[nodiscard]] Result<const library::Library*> open(const std::filesystem::path& record);
  // Where the library of a record is.
  [[nodiscard]] std::filesystem::path path_of(const LibraryRecord& record) const;
  // Whether this is the library that the search was given, which may move.
  [[nodiscard]] bool is_given(const std::filesystem::path& library) const {
    return !given_.empty() && library == given_;
  }
  // The cross-validation fold of each target-decoy pair of a library that `open` gave.
  [[nodiscard]] std::span<const std::uint8_t> folds(const library::Library& library,
                                                    const Machine& machine);

 private:
  struct Entry {
    std::unique_ptr<library::Library> library;
    std::vector<std::uint8_t> folds;
  };
  std::filesystem::path root_, given_;
  Machine machine_;
  std::map<std::string, Entry> by_hash_;
};

struct Stage;

// The runs of a search that did not fail; the jobs of all runs share one list.
using SharedRuns = std::shared_ptr<const std::vector<RunInput>>;

// What the function of a stage may use.
class StageJob {
 public:
  struct Parts {
    params::ResultsFolder folder;
    Machine machine;
    const RunInput* run = nullptr;  // of a stage of scope run
    SharedRuns runs;                // of the search, without those that failed
    std::span<const RunInput> all_runs;
    std::span<const RunFailure> failures;
    OpenLibraries& libraries;
    StageStore& store;
  };
  StageJob(const Stage& stage, Parts parts) : stage_(stage), parts_(std::move(parts)) {}

  [[nodiscard]] const Machine& machine() const { return parts_.machine; }
  // Precondition: the stage has scope run.
  [[nodiscard]] const RunInput& run() const { return *parts_.run; }
  [[nodiscard]] std::span<const RunInput> runs() const { return *parts_.runs; }
  [[nodiscard]] std::span<const RunInput> all_runs() const { return parts_.all_runs; }
  [[nodiscard]] std::span<const RunFailure> failures() const { return parts_.failures; }
  [[nodiscard]] StageStore& store() const { return parts_.store; }
  [[nodiscard]] const params::ResultsFolder& folder() const { return parts_.folder; }
  [[nodiscard]] std::filesystem::path own_folder() const;

  [[nodiscard]] bool reads(const params::Artefact& artefact) const;
  // The files of declared inputs and outputs; `run` is empty for the stage's own run. Asking for a
  // file that the stage does not declare is a defect (OVL-INT-002).
  [[nodiscard]] std::filesystem::path input(const params::Artefact& artefact,
                                            std::string_view run = {}) const;
  [[nodiscard]] std::filesystem::path output(const params::Artefact& artefact,
                                             std::string_view run = {}) const;
  // Peaks of a run: its file, or the converted form of it.
  [[nodiscard]] Result<run::RawRun> open_raw_run() const;
  [[nodiscard]] std::filesystem::path peaks_file(const RunInput& run) const;
  // The scores that count: with transfers where runs are matched.
  [[nodiscard]] std::filesystem::path accepted_scores(std::string_view run = {}) const;
  // The library that the stage reads.
  [[nodiscard]] Result<const library::Library*> library() const;
  [[nodiscard]] Result<std::span<const std::uint8_t>> folds() const;
  [[nodiscard]] OpenLibraries& libraries() const { return parts_.libraries; }

 private:
  [[nodiscard]] std::string_view own_run(std::string_view run) const;
  const Stage& stage_;
  Parts parts_;
};

struct StageOutputs {
  std::vector<std::filesystem::path> files;  // all that it wrote, in the results folder
  std::string note = {};                     // the result in a few words: "12,345 precursors"
};

using InputHashes = std::map<std::string, std::string>;

struct Stage {
  std::string_view name;
  std::string round = {};  // stands before the name: "first_"
  Scope scope = Scope::run;
  std::string_view purpose;  // one line
  std::vector<StageInput> reads = {};
  std::vector<params::Artefact> writes = {};
  std::string parameters = {};  // present values, as JSON
  // Hashes of inputs that no stage made: run files, FASTA, models. May be empty.
  std::function<Result<InputHashes>(const StageJob&)> outer_inputs = {};
  // In place of the hashes of `reads`, where less of them matters. May be empty.
  std::function<Result<InputHashes>(const StageJob&)> inner_inputs = {};
  std::function<Result<StageOutputs>(const StageJob&)> work = {};

  [[nodiscard]] std::string full_name() const { return round + std::string(name); }
};

// A stage whose function gets these parameters and no others.
template <class Parameters>
[[nodiscard]] Stage with_parameters(Stage stage, const Parameters& parameters,
                                    Result<StageOutputs> (*work)(const StageJob&,
                                                                 const Parameters&)) {
  stage.parameters = params::parameters_text(parameters);
  stage.work = [work, parameters](const StageJob& job) { return work(job, parameters); };
  return stage;
}

}  // namespace overland::stages
