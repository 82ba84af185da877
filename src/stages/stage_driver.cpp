#include "stages/stage_driver.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/allocation_probe.h"
#include "base/check.h"
#include "base/files/hash.h"

namespace overland::stages {
namespace {

std::string label(const Stage& stage, std::string_view run) {
  return run.empty() ? fmt::format("stage '{}'", stage.full_name())
                     : fmt::format("stage '{}' of run '{}'", stage.full_name(), run);
}

std::string command_for(const SearchPlan& plan, const Stage& stage, std::string_view run) {
  return fmt::format("overland stage {} --out {}{}{}", stage.full_name(), plan.options.out.string(),
                     run.empty() ? "" : " --run ", run);
}

// Measures one stage.
class CostMeter {
 public:
  [[nodiscard]] StageCost cost() const {
    const ResourceUse now = resource_use_now();
    StageCost cost{.wall_seconds = now.wall_seconds - start_.wall_seconds,
                   .cpu_seconds = now.cpu_seconds - start_.cpu_seconds,
                   .peak_bytes = now.peak_rss_bytes};
    if (const auto use = span_.use()) {
      cost.allocations = use->count;
      cost.allocated_bytes = use->peak_bytes;
    }
    return cost;
  }

 private:
  ResourceUse start_ = resource_use_now();
  AllocationSpan span_;
};

}  // namespace

const Stage* StageDriver::find(std::string_view full_name) const {
  const auto found = std::ranges::find(stages_, full_name, &Stage::full_name);
  return found == stages_.end() ? nullptr : &*found;
}

const Stage& StageDriver::maker_of(const StageInput& input) const {
  const Stage* maker = find(input.round + std::string(input.artefact.stage));
  check(maker != nullptr, "each input of a stage is the output of another one");
  return *maker;
}

bool StageDriver::has_failed(const std::string& run) const {
  return std::ranges::find(failures_, run, &RunFailure::run) != failures_.end();
}

void StageDriver::note_failure(RunFailure failure) {
  failures_.push_back(std::move(failure));
  left_.reset();
}

const SharedRuns& StageDriver::runs_left() {
  if (left_) return left_;
  std::vector<RunInput> left;
  for (const RunInput& run : plan_.runs)
    if (!has_failed(run.name)) left.push_back(run);
  left_ = std::make_shared<const std::vector<RunInput>>(std::move(left));
  return left_;
}

StageJob StageDriver::job_of(const Stage& stage, const RunInput* run) {
  return job_of(stage, run, runs_left());
}

StageJob StageDriver::job_of(const Stage& stage, const RunInput* run, SharedRuns runs) {
  return {stage,
          {.folder = plan_.folder(),
           .machine = plan_.options.machine,
           .run = run,
           .runs = std::move(runs),
           .all_runs = plan_.runs,
           .failures = failures_,
           .libraries = libraries_,
           .store = store_}};
}

StageKey StageDriver::name_of(const Stage& stage, std::string_view run) const {
  return {.stage = stage.full_name(),
          .run = stage.scope == Scope::run ? std::string(run) : "",
          .inputs = {},
          .parameters_hash = ""};
}

// From the manifest of the stage that made it.
Result<std::string> StageDriver::hash_of(const StageInput& input, std::string_view run) {
  const Stage& maker = maker_of(input);
  auto hash = store_.output_hash(name_of(maker, run),
                                 plan_.folder().path_of(input.artefact, run, input.round));
  if (hash || hash.error().code == "OVL-INT-011") return hash;
  return fail("OVL-IO-062", label(maker, run) + " has to be done first", plan_.options.out.string(),
              "Run: " + command_for(plan_, maker, run));
}

Result<void> StageDriver::add_inputs(const Stage& stage, const RunInput* run, InputHashes& inputs) {
  const auto add = [&](const StageInput& input, std::string_view of_run) -> Result<void> {
    const auto hash = hash_of(input, of_run);
    if (!hash) return std::unexpected(hash.error());
    const bool is_own = of_run.empty() || run != nullptr;
    inputs[is_own ? std::string(input.artefact.name)
                  : fmt::format("{}: {}", input.artefact.name, of_run)] = *hash;
    return {};
  };
  for (const StageInput& input : stage.reads) {
    Result<void> done;
    if (!input.artefact.is_per_run()) {
      done = add(input, "");
    } else if (run != nullptr) {
      done = add(input, run->name);
    } else {
      for (const RunInput& each : *runs_left())
        if (done) done = add(input, each.name);
    }
    if (!done) return done;
  }
  return {};
}

Result<StageKey> StageDriver::key_of(const Stage& stage, const StageJob& job, const RunInput* run) {
  StageKey key = name_of(stage, run == nullptr ? "" : run->name);
  key.parameters_hash = hash_text(stage.parameters);
  if (!stage.inner_inputs) {
    if (auto done = add_inputs(stage, run, key.inputs); !done) return std::unexpected(done.error());
  }
  for (const auto& more : {stage.inner_inputs, stage.outer_inputs}) {
    if (!more) continue;
    auto hashes = more(job);
    if (!hashes) return std::unexpected(hashes.error());
    key.inputs.merge(*hashes);
  }
  return key;
}

Result<void> StageDriver::work(const Stage& stage, const StageJob& job, const StageKey& key) {
  if (const auto folder = store_.begin(key); !folder) return std::unexpected(folder.error());
  const CostMeter meter;
  auto outputs = stage.work(job);
  if (!outputs) return std::unexpected(outputs.error());
  note_ = outputs->note;
  return store_.commit(key, outputs->files, meter.cost(), outputs->note);
}

Result<void> StageDriver::perform(const Stage& stage, const RunInput* run) {
  plan_.options.machine.check_cancelled();
  const StageJob job = job_of(stage, run);
  auto key = key_of(stage, job, run);
  if (!key) return std::unexpected(key.error());
  const auto lock = store_.lock(*key);
  if (!lock) return std::unexpected(lock.error());
  if (!store_.is_current(*key)) return work(stage, job, *key);
  const auto manifest = store_.manifest(*key);
  note_ = manifest ? manifest->note : "";
  return {};
}

Result<void> StageDriver::leave_out(const RunInput& run, const Stage& stage, const Error& error) {
  note_failure({run.name, stage.full_name(), error});
  plan_.options.machine.warning("run {} failed and is left out: {}", run.name, error.message());
  if (auto done = store_.record_failure(name_of(stage, run.name), error); !done) return done;
  if (plan_.options.is_strict) return std::unexpected(error);
  return {};
}

Result<void> StageDriver::run_each(const Stage& stage) {
  for (const RunInput& run : plan_.runs) {
    if (has_failed(run.name)) continue;
    if (auto done = perform(stage, &run); !done) {
      if (auto ok = leave_out(run, stage, done.error()); !ok) return ok;
    }
  }
  // When no run is left to be scored there is nothing to go on with: the first cause is the error.
  // Later failures are told by the tables.
  const bool is_before_scores = std::any_of(&stage, stages_.data() + stages_.size(),
                                            [](const Stage& s) { return s.name == "score"; });
  if (is_before_scores && failures_.size() == plan_.runs.size())
    return std::unexpected(failures_.front().error);
  return {};
}

Result<void> StageDriver::run_all(RunSummary& summary) {
  for (const Stage& stage : stages_) {
    summary.start(stage.full_name());
    note_.clear();
    auto done = stage.scope == Scope::run ? run_each(stage) : perform(stage, nullptr);
    if (!done) return done;
    summary.finish(stage.scope == Scope::cohort || plan_.runs.size() == 1 ? note_ : "");
  }
  return {};
}

// Of runs that failed in a stage before this one, in this process or another.
void StageDriver::find_failures_before(const Stage& stage) {
  for (const Stage& earlier : stages_) {
    if (&earlier == &stage) return;
    if (earlier.scope != Scope::run) continue;
    for (const RunInput& run : plan_.runs) {
      if (has_failed(run.name)) continue;
      if (const auto error = store_.failure(name_of(earlier, run.name)))
        note_failure({run.name, earlier.full_name(), *error});
    }
  }
}

std::optional<std::string> StageDriver::unfinished_before(const Stage& stage, const RunInput* run) {
  for (const StageInput& input : stage.reads) {
    const Stage& maker = maker_of(input);
    if (maker.scope == Scope::cohort) {
      if (auto reason = unfinished(maker, nullptr)) return reason;
      continue;
    }
    for (const RunInput& each : run != nullptr ? std::span(run, 1) : std::span(*runs_left()))
      if (auto reason = unfinished(maker, &each)) return reason;
  }
  return std::nullopt;
}

std::optional<std::string> StageDriver::unfinished(const Stage& stage, const RunInput* run) {
  const std::string name = label(stage, run == nullptr ? "" : run->name);
  if (const auto known = unfinished_.find(name); known != unfinished_.end()) return known->second;
  std::optional<std::string> reason = unfinished_before(stage, run);
  if (!reason) {
    const auto key = key_of(stage, job_of(stage, run), run);
    if (!key) {
      reason = key.error().what;
    } else if (const auto stale =
                   reads_all_outputs_ ? store_.stale_reason(*key) : store_.outdated_reason(*key)) {
      reason = fmt::format("{}: {}", name, *stale);
    }
  }
  return unfinished_[name] = reason;
}

std::optional<std::string> StageDriver::damaged_before(const Stage& stage, const RunInput* run) {
  std::set<std::string> seen;
  for (const StageInput& input : stage.reads) {
    const Stage& maker = maker_of(input);
    // All files of the same run: the converted run is among them, which no stage declares.
    if (run != nullptr && maker.scope == Scope::run) {
      const std::string name = label(maker, run->name);
      if (!seen.insert(name).second) continue;
      if (const auto reason = store_.damaged_output(name_of(maker, run->name)))
        return fmt::format("{}: {}", name, *reason);
      continue;
    }
    const auto damage = [&](std::string_view of_run) -> std::optional<std::string> {
      const auto reason = store_.damage_of(
          name_of(maker, of_run), plan_.folder().path_of(input.artefact, of_run, input.round));
      if (!reason) return std::nullopt;
      return fmt::format("{}: {}", label(maker, name_of(maker, of_run).run), *reason);
    };
    if (!input.artefact.is_per_run() || run != nullptr) {
      if (auto reason = damage(run != nullptr ? run->name : "")) return reason;
      continue;
    }
    for (const RunInput& each : *runs_left())
      if (auto reason = damage(each.name)) return reason;
  }
  return std::nullopt;
}

Result<void> StageDriver::check_before(const Stage& stage, const RunInput* run) {
  auto reason = unfinished_before(stage, run);
  if (!reason) reason = damaged_before(stage, run);
  if (!reason) return {};
  return fail("OVL-IO-062", "a stage that this one reads from has to be done first: " + *reason,
              plan_.options.out.string(), "'overland stages DIR' lists what is to be done.");
}

Result<void> StageDriver::run_one(const std::string& name, const std::string& run) {
  const Stage* stage = find(name);
  if (stage == nullptr)
    return fail("OVL-USE-070", fmt::format("the search has no stage '{}'", name),
                plan_.options.out.string(), "'overland stages DIR' lists the stages.");
  const auto wanted = std::ranges::find(plan_.runs, run, &RunInput::name);
  const bool is_for_one = !run.empty() && stage->scope == Scope::run;
  if (!run.empty() && (wanted == plan_.runs.end() || stage->scope == Scope::cohort))
    return fail("OVL-USE-071",
                wanted == plan_.runs.end()
                    ? fmt::format("the search has no run '{}'", run)
                    : fmt::format("the stage '{}' is done for all runs together", name),
                plan_.options.out.string(), "'overland stages DIR' lists stages and runs.");
  reads_all_outputs_ = false;
  find_failures_before(*stage);
  for (const RunFailure& failure : failures_)
    if (is_for_one && failure.run == run) return std::unexpected(failure.error);
  if (stage->scope == Scope::cohort) {
    auto done = check_before(*stage, nullptr);
    return done ? perform(*stage, nullptr) : done;
  }
  const SharedRuns runs = runs_left();  // a run that fails leaves them
  for (const RunInput& each : *runs) {
    if (is_for_one && each.name != run) continue;
    if (auto done = check_before(*stage, &each); !done) return done;
    if (auto done = perform(*stage, &each); !done) {
      const Error& error = done.error();
      if (auto ok = leave_out(each, *stage, error); !ok) return ok;
      if (is_for_one) return std::unexpected(error);
    }
  }
  return {};
}

StageStatus StageDriver::status_of(const Stage& stage, const RunInput* run) {
  StageStatus status{.stage = stage.full_name(), .run = run == nullptr ? "" : run->name};
  const StageKey name = name_of(stage, status.run);
  if (const auto manifest = store_.manifest(name)) {
    status.cost = manifest->cost;
    status.note = manifest->note;
  }
  if (const auto error = store_.failure(name)) {
    status.state = StageState::failed;
    status.reason = error->message();
  } else if (const auto before = unfinished_before(stage, run)) {
    status.state = StageState::waits;
    status.reason = "waits for " + *before;
  } else if (const auto reason = unfinished(stage, run)) {
    status.state = store_.manifest(name) ? StageState::stale : StageState::missing;
    status.reason = *reason;
  } else {
    status.state = StageState::done;
  }
  return status;
}

std::vector<StageStatus> StageDriver::status() {
  std::vector<StageStatus> all;
  for (const Stage& stage : stages_) {
    find_failures_before(stage);
    if (stage.scope == Scope::cohort) {
      all.push_back(status_of(stage, nullptr));
      continue;
    }
    for (const RunInput& run : plan_.runs)
      if (!has_failed(run.name)) all.push_back(status_of(stage, &run));
  }
  return all;
}

}  // namespace overland::stages
