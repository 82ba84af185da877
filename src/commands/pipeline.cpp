#include "commands/pipeline.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/build_id.h"
#include "base/files/file_lock.h"
#include "base/shared_text.h"
#include "base/summary.h"
#include "commands/remote_search.h"
#include "commands/replaced_search.h"
#include "stages/catalogue.h"
#include "stages/stage_driver.h"

namespace overland::commands {
namespace {

// A plan with its folder and its stages.
struct OpenSearch {
  stages::SearchPlan plan;
  std::vector<stages::Stage> stages;
  stages::StageStore store;

  explicit OpenSearch(stages::SearchPlan checked)
      : plan(std::move(checked)),
        stages(stages::search_stages(plan)),
        store(plan.options.out, plan.options.machine) {}
};

Result<void> make_folder(const std::filesystem::path& out) {
  std::error_code failed;
  std::filesystem::create_directories(out, failed);
  if (!failed) return {};
  return fail("OVL-IO-002", "cannot make the results folder: " + failed.message(), out.string(),
              "Check that the place is writable.");
}

// The log is passed on with the results: it names files, and config.json tells where they lie.
std::vector<std::string> folders_of_plan(const stages::SearchOptions& options) {
  std::vector<std::filesystem::path> files = stages::inputs_of(options);
  files.insert(files.end(), {options.build.cache, options.out,
                             std::filesystem::path(options.build.predictor.name)});
  return folders_of(files);
}

void start_log(const stages::SearchPlan& plan, const std::string& command_line) {
  const Machine& machine = plan.options.machine;
  if (machine.reporter != nullptr)
    machine.reporter->log_to_file(plan.folder().log(), folders_of_plan(plan.options));
  machine.info("overland {} | {}", program_build(), command_line);
}

// The folder, the log and config.json.
Result<std::unique_ptr<OpenSearch>> begin(const stages::SearchOptions& options) {
  auto plan = stages::plan_search(options);
  if (!plan) return std::unexpected(plan.error());
  auto search = std::make_unique<OpenSearch>(std::move(*plan));
  if (auto done = replace_search(search->plan, search->store); !done)
    return std::unexpected(done.error());
  if (auto done = make_folder(options.out); !done) return std::unexpected(done.error());
  start_log(search->plan, options.command_line);
  if (auto done = stages::write_search_file(search->plan, search->store); !done)
    return std::unexpected(done.error());
  return search;
}

// A search that was begun, from its config.json.
Result<std::unique_ptr<OpenSearch>> open(const std::filesystem::path& out, const Machine& machine) {
  auto options = stages::read_search_file(out);
  if (!options) return std::unexpected(options.error());
  options->machine = machine;
  auto plan = stages::plan_search(*options);
  if (!plan) return std::unexpected(plan.error());
  return std::make_unique<OpenSearch>(std::move(*plan));
}

const char* state_text(stages::StageState state) {
  switch (state) {
    case stages::StageState::done:
      return "done";
    case stages::StageState::stale:
      return "out of date";
    case stages::StageState::missing:
      return "missing";
    case stages::StageState::waits:
      return "waits";
    case stages::StageState::failed:
      return "failed";
  }
  return "";
}

std::string text_of(const std::vector<stages::StageStatus>& all) {
  std::string text = fmt::format("{:<19} {:<24} {:<11} {:>9} {:>9} {:>9}  {}\n", "stage", "run",
                                 "state", "wall s", "CPU s", "peak", "");
  for (const stages::StageStatus& s : all) {
    const bool has_cost = s.cost.wall_seconds > 0;
    text += fmt::format("{:<19} {:<24} {:<11} {:>9} {:>9} {:>9}  {}\n", s.stage,
                        s.run.empty() ? "(all)" : s.run, state_text(s.state),
                        has_cost ? fmt::format("{:.1f}", s.cost.wall_seconds) : "",
                        has_cost ? fmt::format("{:.1f}", s.cost.cpu_seconds) : "",
                        has_cost ? memory_text(s.cost.peak_bytes) : "",
                        s.state == stages::StageState::done ? s.note : s.reason);
  }
  return text;
}

std::string json_of(const std::vector<stages::Stage>& stages,
                    const std::vector<stages::StageStatus>& all) {
  using Object = nlohmann::ordered_json;
  Object json = {{"stages", Object::parse(stages::stages_json(stages))},
                 {"states", Object::array()}};
  for (const stages::StageStatus& s : all)
    json["states"].push_back({{"stage", s.stage},
                              {"run", s.run},
                              {"state", state_text(s.state)},
                              {"reason", s.reason},
                              {"note", s.note},
                              {"wall_seconds", s.cost.wall_seconds},
                              {"cpu_seconds", s.cost.cpu_seconds},
                              {"peak_bytes", s.cost.peak_bytes}});
  return json.dump(2, ' ', false, Object::error_handler_t::replace) + "\n";
}

Result<void> search_local_files(const stages::SearchOptions& options) {
  const auto search = begin(options);
  if (!search) return std::unexpected(search.error());
  const stages::SearchPlan& plan = (*search)->plan;
  const auto lock = FileLock::wait_for(plan.folder().lock(), options.machine,
                                       "another search that writes into this folder");
  if (!lock) return std::unexpected(lock.error());
  stages::StageDriver driver(plan, (*search)->store, (*search)->stages);
  RunSummary summary;
  if (auto done = driver.run_all(summary); !done) return done;
  options.machine.info("overland {} | {}\n{}", program_build(), options.command_line,
                       summary.table());
  options.machine.info("results: {}", options.out.string());
  const std::size_t failed = driver.failures().size();
  if (failed == 0) return {};
  return fail("OVL-COH-001",
              fmt::format("{} of {} runs failed; the others are done", failed, plan.runs.size()),
              (options.out / "runs.parquet").string(),
              "The column Error there, and the log, say why.");
}

}  // namespace

Result<void> run_search(const stages::SearchOptions& options) {
  const auto local = with_local_files(options);
  if (!local) return std::unexpected(local.error());
  auto done = search_local_files(*local);
  const bool has_tables = done || done.error().code == "OVL-COH-001";
  if (!has_tables || local->out == options.out) return done;
  if (auto sent = upload_results(*local, options.out.native()); !sent) return sent;
  return done;
}

Result<void> prepare_search(const stages::SearchOptions& options) {
  stages::SearchOptions places;  // inputs may be URIs
  places.out = options.out;
  if (auto done = check_local(places, "stages are done one by one in a local folder"); !done)
    return done;
  const auto local = with_local_files(options);
  if (!local) return std::unexpected(local.error());
  const auto search = begin(*local);
  if (!search) return std::unexpected(search.error());
  options.machine.info("prepared: 'overland stages {}' lists the stages", options.out.string());
  return {};
}

Result<void> run_stage(const StageOptions& options) {
  const auto search = open(options.out, options.machine);
  if (!search) return std::unexpected(search.error());
  start_log((*search)->plan, options.command_line);
  stages::StageDriver driver((*search)->plan, (*search)->store, (*search)->stages);
  if (auto done = driver.run_one(options.stage, options.run); !done) return done;
  options.machine.info("stage {} is done{}{}", options.stage, driver.note().empty() ? "" : ": ",
                       driver.note());
  return {};
}

Result<std::string> list_stages(const std::filesystem::path& out, StageListFormat format,
                                const Machine& machine) {
  const auto search = open(out, machine);
  if (!search) return std::unexpected(search.error());
  if (format == StageListFormat::dot) return stages::stages_dot((*search)->stages);
  stages::StageDriver driver((*search)->plan, (*search)->store, (*search)->stages);
  const std::vector<stages::StageStatus> all = driver.status();
  return format == StageListFormat::json ? json_of((*search)->stages, all) : text_of(all);
}

}  // namespace overland::commands
