#include "commands/replaced_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "base/files/file_lock.h"
#include "base/json_text.h"
#include "run/raw_run.h"
#include "run/run_file.h"
#include "stages/catalogue.h"
#include "stages/search_library.h"

namespace overland::commands {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

bool same_place(const fs::path& a, const fs::path& b) {
  return fs::absolute(a).lexically_normal() == fs::absolute(b).lexically_normal();
}

// Parameters and the options that decide results, one per key: "report.q_value" -> "0.01".
std::map<std::string, std::string> deciding_settings(stages::SearchOptions options) {
  std::map<std::string, std::string> settings;
  const bool uses_build = options.library.empty();
  const bool uses_predictor = uses_build || options.refine;
  const bool has_vendor_runs = std::ranges::any_of(
      options.runs, [](const fs::path& file) { return run::vendor_format(file).has_value(); });
  const Json whole = Json::parse(stages::SearchFile(options).text({}));
  for (const auto& [section, values] : whole.items()) {
    if (section == "inputs" || (section == "build_library" && !uses_build)) continue;
    const Json flat = values.flatten();
    for (const auto& [key, value] : flat.items()) {
      std::string name = section + key;  // "report/q_value"
      std::ranges::replace(name, '/', '.');
      static const std::set<std::string> kAlways{"options.refine", "options.pioneer_tables"};
      static const std::set<std::string> kPredictor{"options.predictor", "options.koina_url"};
      static const std::set<std::string> kVendor{"options.raw_reader", "options.raw_converter"};
      const bool decides = section != "options" || kAlways.contains(name) ||
                           (has_vendor_runs && kVendor.contains(name)) ||
                           (uses_predictor && kPredictor.contains(name));
      if (decides) settings[name] = value.dump();
    }
  }
  return settings;
}

void compare_settings(const stages::SearchOptions& before, const stages::SearchOptions& now,
                      std::vector<std::string>& differences) {
  const auto old_settings = deciding_settings(before);
  for (const auto& [name, value] : deciding_settings(now)) {
    const auto old = old_settings.find(name);
    if (old != old_settings.end() && old->second != value)
      differences.push_back(fmt::format("{} was {} and is {}", name, old->second, value));
  }
}

// Whether a file of now has the content of one of the earlier search; unknown counts as the same
// where the path is.
class InputComparison {
 public:
  InputComparison(const stages::SearchOptions& before, stages::StageStore& store)
      : hashes_(before.expected_hashes), store_(store) {}

  bool is_same(const fs::path& before, const fs::path& now) {
    const auto old = hashes_.find(before.string());
    if (old == hashes_.end()) return same_place(before, now);
    const auto hash = stages::source_hash(now, store_);
    return !hash || *hash == old->second;
  }
  // In any order.
  bool are_same(const std::vector<fs::path>& before, const std::vector<fs::path>& now) {
    const auto is_known = [&](const fs::path& file) {
      return std::ranges::any_of(before, [&](const fs::path& old) { return is_same(old, file); });
    };
    return before.size() == now.size() && std::ranges::all_of(now, is_known);
  }

 private:
  std::map<std::string, std::string> hashes_;
  stages::StageStore& store_;
};

// A run that failed has no results that could be lost.
bool has_failed(const stages::SearchPlan& plan, const stages::StageStore& store,
                const std::string& run) {
  return std::ranges::any_of(stages::search_stages(plan), [&](const stages::Stage& stage) {
    const stages::StageKey key{
        .stage = stage.full_name(), .run = run, .inputs = {}, .parameters_hash = ""};
    return stage.scope == stages::Scope::run && store.failure(key);
  });
}

void compare_runs(const stages::SearchOptions& before, const stages::SearchPlan& plan,
                  stages::StageStore& store, InputComparison& inputs,
                  std::vector<std::string>& differences) {
  for (const fs::path& file : before.runs) {
    const std::string name = run::run_name(file);
    if (has_failed(plan, store, name)) continue;
    const auto now = std::ranges::find(plan.runs, name, &stages::RunInput::name);
    if (now == plan.runs.end())
      differences.push_back(fmt::format("the run {} is left out", name));
    else if (!inputs.is_same(file, now->file))
      differences.push_back(fmt::format("the run {} is another file", name));
  }
}

void compare_library(const stages::SearchOptions& before, const stages::SearchOptions& now,
                     InputComparison& inputs, std::vector<std::string>& differences) {
  if (before.library.empty() != now.library.empty()) {
    differences.emplace_back(now.library.empty() ? "a library was given, and now FASTA files"
                                                 : "FASTA files were given, and now a library");
    return;
  }
  if (!now.library.empty() && !inputs.is_same(before.library, now.library))
    differences.emplace_back("the library is another one");
  if (!inputs.are_same(before.build.fasta, now.build.fasta))
    differences.emplace_back("the FASTA files are others");
  if (!inputs.are_same(before.build.contaminants, now.build.contaminants))
    differences.emplace_back("the FASTA files of contaminants are others");
}

// Files that the tables' manifest names, and what is written beside them.
std::vector<fs::path> written_tables(const fs::path& out) {
  std::vector<fs::path> files{out / "manifest.json", out / "report.html", out / "audit.json"};
  std::ifstream in(out / "manifest.json", std::ios::binary);
  const auto json = parse_json(in);
  if (!json.is_object() || !json.value("tables", nlohmann::json()).is_object()) return files;
  for (const auto& [name, described] : json["tables"].items()) {
    const fs::path table(name);
    if (table != table.filename()) continue;
    files.push_back(out / table);
    files.push_back(out / fs::path(table).replace_extension(".tsv"));
  }
  return files;
}

Result<void> remove_tables(const stages::SearchPlan& plan, const stages::SearchOptions& before) {
  const fs::path& out = plan.options.out;
  std::vector<fs::path> files = written_tables(out);
  for (const fs::path& run : before.runs)
    files.push_back(out / "plots" / (run::run_name(run) + ".calibration.svg"));
  std::error_code failed;
  for (const fs::path& file : files)
    if (!failed) fs::remove(file, failed);
  if (!failed && before.pioneer_tables) fs::remove_all(out / "pioneer", failed);
  if (!failed) return {};
  return fail("OVL-IO-002", "cannot remove a result of the earlier search: " + failed.message(),
              out.string(), "Check that the folder is writable.");
}

}  // namespace

std::vector<std::string> differences_from_folder(const stages::SearchPlan& plan,
                                                 stages::StageStore& store) {
  const bool has_tables = fs::exists(plan.options.out / "manifest.json");
  if (!has_tables || !fs::exists(plan.folder().config())) return {};
  const auto before = stages::read_search_file(plan.options.out);
  if (!before) return {"its config.json cannot be read: " + before.error().what};
  std::vector<std::string> differences;
  InputComparison inputs(*before, store);
  compare_runs(*before, plan, store, inputs, differences);
  compare_library(*before, plan.options, inputs, differences);
  compare_settings(*before, plan.options, differences);
  return differences;
}

Result<void> check_replaced(const stages::SearchPlan& plan, stages::StageStore& store) {
  if (plan.options.overwrite) return {};
  const std::vector<std::string> differences = differences_from_folder(plan, store);
  if (differences.empty()) return {};
  std::string list;
  for (const std::string& difference : differences) list += fmt::format("\n  {}", difference);
  return fail("OVL-USE-012",
              "the folder has the results of another search, which this one would "
              "replace:" +
                  list,
              plan.options.out.string(),
              "Give --overwrite to replace them, or another folder with --out.");
}

Result<void> replace_search(const stages::SearchPlan& plan, stages::StageStore& store) {
  if (auto done = check_replaced(plan, store); !done) return done;
  if (!plan.options.overwrite || differences_from_folder(plan, store).empty()) return {};
  const auto lock = FileLock::wait_for(plan.folder().lock(), plan.options.machine,
                                       "another search that writes into this folder");
  if (!lock) return std::unexpected(lock.error());
  const auto before = stages::read_search_file(plan.options.out);
  return remove_tables(plan, before ? *before : stages::SearchOptions());
}

}  // namespace overland::commands
