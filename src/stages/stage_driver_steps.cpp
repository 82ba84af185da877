// What a search would do: StageDriver::steps.
#include <fmt/format.h>

#include <algorithm>

#include "base/build_id.h"
#include "base/files/hash.h"
#include "stages/stage_driver.h"

namespace overland::stages {

// The cohort's stage leaves this run as the run's own stage made it: its file of the run has the
// bytes of the file that it read of it, and will be made with the same parameters. Models are so
// where a run borrows nothing.
bool StageDriver::passes_through(const Stage& maker, const StageInput& input, const RunInput& run,
                                 const Steps& to_do) {
  const auto manifest = store_.manifest(name_of(maker, ""));
  const bool is_comparable = input.artefact.is_per_run() && manifest &&
                             manifest->build == program_build() &&
                             manifest->parameters_hash == hash_text(maker.parameters);
  if (!is_comparable) return false;
  const auto made = hash_of(input, run.name);
  return made && std::ranges::any_of(maker.reads, [&](const StageInput& read) {
           const Stage& own = maker_of(read);
           if (own.scope != Scope::run || to_do.contains({own.full_name(), run.name})) return false;
           const auto before = hash_of(read, run.name);
           return before && *before == *made;
         });
}

// The reason that lies in a stage before this one; empty: none.
std::string StageDriver::remade_input(const Stage& stage, const RunInput* run, const Steps& to_do) {
  for (const StageInput& input : stage.reads) {
    const Stage& maker = maker_of(input);
    const std::string name = maker.full_name();
    if (maker.scope == Scope::cohort) {
      if (!to_do.contains({name, ""})) continue;
      if (run != nullptr && passes_through(maker, input, *run, to_do)) continue;
      return fmt::format("its input '{}' will be made anew", name);
    }
    const std::span<const RunInput> runs =
        run != nullptr ? std::span(run, 1) : std::span(*runs_left());
    const auto remade = [&](const RunInput& each) { return to_do.contains({name, each.name}); };
    const auto count = static_cast<std::size_t>(std::ranges::count_if(runs, remade));
    // A stage that sees little of its inputs looks at those that are there.
    if (count == 0 || (stage.inner_inputs && count < runs.size())) continue;
    return run != nullptr ? fmt::format("its input '{}' will be made anew", name)
                          : fmt::format("its input '{}' will be made anew for {} of {} runs", name,
                                        count, runs.size());
  }
  return {};
}

std::string StageDriver::reason_to_do(const Stage& stage, const RunInput* run, const Steps& to_do) {
  const StageKey name = name_of(stage, run == nullptr ? "" : run->name);
  if (const auto error = store_.failure(name)) return "it failed before: " + error->what;
  if (!store_.manifest(name)) return *store_.stale_reason(name);
  if (std::string reason = remade_input(stage, run, to_do); !reason.empty()) return reason;
  SharedRuns runs = runs_left();
  if (stage.inner_inputs) {
    std::vector<RunInput> read = *runs;
    std::erase_if(read, [&](const RunInput& each) {
      return std::ranges::any_of(stage.reads, [&](const StageInput& input) {
        return to_do.contains({maker_of(input).full_name(), each.name});
      });
    });
    runs = std::make_shared<const std::vector<RunInput>>(std::move(read));
  }
  const auto key = key_of(stage, job_of(stage, run, std::move(runs)), run);
  if (!key) return key.error().what;
  return store_.stale_reason(*key).value_or("");
}

std::vector<StageStep> StageDriver::steps() {
  std::vector<StageStep> all;
  Steps to_do;
  const auto add = [&](const Stage& stage, const RunInput* run) {
    all.push_back({&stage, run, reason_to_do(stage, run, to_do)});
    if (!all.back().reason.empty())
      to_do.insert({stage.full_name(), run == nullptr ? "" : run->name});
  };
  for (const Stage& stage : stages_) {
    find_failures_before(stage);
    if (stage.scope == Scope::cohort) add(stage, nullptr);
    for (const RunInput& run : plan_.runs)
      if (stage.scope == Scope::run && !has_failed(run.name)) add(stage, &run);
  }
  return all;
}

}  // namespace overland::stages
