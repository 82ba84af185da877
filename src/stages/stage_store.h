// Where stages keep their results, and the rule by which a stage is skipped: its manifest must
// match its inputs, its parameters and the build of the program, and its outputs must have the
// bytes that it recorded. That gives resuming after a crash, adding runs to a cohort, and running
// stages one at a time.
//
//   StageStore store(results);
//   const StageKey key{.stage = "first_pass", .run = "run1",
//                      .inputs = {{"run", *store.input_hash(run_file)}, {"library", lib_hash}},
//                      .parameters_hash = hash_text(parameters_json)};
//   if (!store.is_current(key)) {
//     auto folder = store.begin(key);          // from here on the old results do not count
//     ... write folder / "hits.parquet" atomically ...
//     auto done = store.commit(key, {*folder / "hits.parquet"});
//   }
//
// Different keys may be used from different threads; input_hash and output_hash lock. Several
// processes may share one results folder as long as they work on different keys.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/files/file_lock.h"
#include "base/machine.h"
#include "params/results_folder.h"
#include "stages/manifest.h"

namespace overland::stages {

struct StageKey {
  std::string stage, run;                     // run empty: a stage over all runs
  std::map<std::string, std::string> inputs;  // name -> content hash
  std::string parameters_hash;                // of the parameters that matter to this stage
};

// Whether a store may write. With `read_only` hashes of inputs are not remembered in the folder.
enum class StoreAccess : std::uint8_t { read_write, read_only };

class StageStore {
 public:
  explicit StageStore(const std::filesystem::path& results, const Machine& machine = {},
                      StoreAccess access = StoreAccess::read_write);

  [[nodiscard]] const Machine& machine() const { return machine_; }
  // For a stage per run the folder work/STAGE/RUN of the results, otherwise work/STAGE.
  [[nodiscard]] std::filesystem::path folder(const StageKey& key) const;
  [[nodiscard]] bool is_current(const StageKey& key) const { return !stale_reason(key); }
  // Why the stage has to run ("the parameters changed"); nothing when it is current.
  [[nodiscard]] std::optional<std::string> stale_reason(const StageKey& key) const;
  // The same without a look at the outputs, which may be many.
  [[nodiscard]] std::optional<std::string> outdated_reason(const StageKey& key) const;
  // Which output is missing or has other bytes than were recorded; of a stage that has been done.
  [[nodiscard]] std::optional<std::string> damaged_output(const StageKey& key) const;
  // The same of this output alone.
  [[nodiscard]] std::optional<std::string> damage_of(const StageKey& key,
                                                     const std::filesystem::path& output) const;

  // Held by the process that does the stage, so that two that want the same one do it once. Errors
  // OVL-IO-002.
  [[nodiscard]] Result<FileLock> lock(const StageKey& key) const;
  // Withdraws the old manifest and makes the folder. Errors OVL-IO-002.
  [[nodiscard]] Result<std::filesystem::path> begin(const StageKey& key) const;
  // Records the outputs, which must be files in the results folder, and makes the stage current.
  // Errors OVL-IO-001, OVL-IO-002, OVL-INT-010 (an output elsewhere).
  [[nodiscard]] Result<void> commit(const StageKey& key,
                                    const std::vector<std::filesystem::path>& outputs,
                                    const StageCost& cost = {}, const std::string& note = {}) const;
  // Keeps the error of a stage that could not be done, until it is begun again.
  [[nodiscard]] Result<void> record_failure(const StageKey& key, const Error& error) const;
  [[nodiscard]] std::optional<Error> failure(const StageKey& key) const;
  // Errors OVL-IO-001 (the stage has not been done), OVL-IO-060.
  [[nodiscard]] Result<StageManifest> manifest(const StageKey& key) const;
  // Content hash of an output of a stage: the input hash of the stages that read it. The hashes of
  // a stage over all runs are remembered until its manifest is replaced, for each run asks for one.
  // Errors OVL-IO-001 (the stage has not been done), OVL-IO-060, OVL-INT-011 (no such output).
  [[nodiscard]] Result<std::string> output_hash(const StageKey& key,
                                                const std::filesystem::path& output) const;

  // Content hash of an input file, remembered in work/hashes.json by (path, size, modification
  // time); several processes may add to it. Errors OVL-IO-001.
  [[nodiscard]] Result<std::string> input_hash(const std::filesystem::path& file);

 private:
  struct KnownHash {
    std::uint64_t size = 0;
    std::int64_t modified_ns = 0;
    std::string hash;
  };
  using Hashes = std::map<std::string, std::string>;  // by name of the file in the results folder
  struct KnownOutputs {
    std::uint64_t file_number = 0;  // of the manifest, which is replaced and never changed
    std::int64_t modified_ns = 0;
    Hashes hashes;
  };
  void load_hashes();
  [[nodiscard]] Result<Hashes> read_outputs(const StageKey& key) const;
  void save_hash(const std::string& path, const KnownHash& hash);
  [[nodiscard]] std::filesystem::path manifest_file(const StageKey& key) const;
  [[nodiscard]] std::filesystem::path failure_file(const StageKey& key) const;

  std::filesystem::path results_;
  Machine machine_;
  StoreAccess access_;
  std::mutex hashing_;
  std::map<std::string, KnownHash> known_;
  mutable std::mutex reading_;
  mutable std::map<std::string, KnownOutputs> outputs_;  // by stage over all runs
};

}  // namespace overland::stages
