#include "commands/clean_results.h"

#include <algorithm>
#include <optional>

#include "base/files/file_lock.h"
#include "params/results_folder.h"
#include "stages/catalogue.h"

namespace overland::commands {
namespace {

namespace fs = std::filesystem;

// Names of the folders below work/ in which stages of any search keep their outputs.
std::vector<std::string> stage_folders() {
  stages::SearchPlan plan;
  plan.options.refine = true;  // with both rounds
  plan.options.config.transfer.enabled = true;
  plan.runs.resize(2);  // what is done for several runs only
  std::vector<std::string> names{std::string(params::kAuditEntries.stage)};
  for (const stages::Stage& stage : stages::search_stages(plan)) names.push_back(stage.full_name());
  return names;
}

std::uint64_t size_of(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_symlink(path, ignored)) return 0;
  if (fs::is_regular_file(path, ignored)) return fs::file_size(path, ignored);
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path, ignored))
    if (entry.is_regular_file(ignored) && !entry.is_symlink(ignored))
      bytes += entry.file_size(ignored);
  return bytes;
}

std::vector<fs::path> locks_below(const fs::path& work) {
  std::vector<fs::path> locks;
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(work, ignored))
    if (entry.path().extension() == ".lock" && entry.is_regular_file(ignored))
      locks.push_back(entry.path());
  return locks;
}

// A lock file of a process that works now is locked; one that a killed process left is not.
Result<void> check_idle(const fs::path& work, const fs::path& own_lock, const Machine& machine) {
  for (const fs::path& file : locks_below(work)) {
    if (file == own_lock) continue;
    const auto lock = FileLock::of_data(file, machine);
    if (!lock) return std::unexpected(lock.error());
    if (!*lock)
      return fail("OVL-USE-072", "another process does a stage in this folder", file.string(),
                  "Wait until it has ended.");
  }
  return {};
}

// What is removed and exists: entries of work/.
std::vector<fs::path> removed_entries(const params::ResultsFolder& folder) {
  const std::vector<std::string> stages = stage_folders();
  std::vector<fs::path> entries;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder.work(), ignored)) {
    const fs::path& path = entry.path();
    const bool is_stage = std::ranges::find(stages, path.filename().string()) != stages.end();
    const bool is_lock = path.extension() == ".lock" && path != folder.lock();
    if (is_stage || is_lock || path == folder.known_hashes()) entries.push_back(path);
  }
  std::ranges::sort(entries);
  return entries;
}

}  // namespace

Result<std::vector<CleanedPart>> clean_results(const CleanOptions& options) {
  const params::ResultsFolder folder(options.results);
  if (const auto search = stages::read_search_file(options.results); !search)
    return std::unexpected(search.error());
  std::optional<FileLock> lock;
  if (!options.only_lists) {
    auto held =
        FileLock::wait_for(folder.lock(), options.machine, "a search that writes into this folder");
    if (!held) return std::unexpected(held.error());
    lock.emplace(std::move(*held));
    if (auto idle = check_idle(folder.work(), folder.lock(), options.machine); !idle)
      return std::unexpected(idle.error());
  }
  std::vector<CleanedPart> parts;
  for (const fs::path& entry : removed_entries(folder)) {
    parts.push_back({entry.lexically_relative(folder.root()).generic_string(), size_of(entry)});
    std::error_code failed;
    if (!options.only_lists) fs::remove_all(entry, failed);
    if (failed)
      return fail("OVL-IO-002", "cannot remove: " + failed.message(), entry.string(),
                  "Check that the folder is writable, and give the command again.");
  }
  return parts;
}

}  // namespace overland::commands
