#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "params/results_folder.h"
#include "report/page_data.h"

namespace overland::report {
namespace {

namespace fs = std::filesystem;

// Time and memory of one stage over all runs.
struct StageTime {
  double wall = 0, cpu = 0;
  std::uint64_t peak_bytes = 0;
  fs::file_time_type finished;  // sort key of the stages
};

void add_manifest(const fs::path& file, std::map<std::string, StageTime>& stages) {
  const PageJson json = json_of_file(file);
  if (!json.is_object() || !json.contains("wall_seconds")) return;
  StageTime& stage = stages[json.value("stage", std::string())];
  stage.wall += json.value("wall_seconds", 0.0);
  stage.cpu += json.value("cpu_seconds", 0.0);
  stage.peak_bytes = std::max(stage.peak_bytes, json.value("peak_bytes", std::uint64_t{0}));
  std::error_code ignored;
  stage.finished = std::max(stage.finished, fs::last_write_time(file, ignored));
}

}  // namespace

PageJson page_resources(const fs::path& results) {
  std::map<std::string, StageTime> stages;
  std::error_code ignored;
  for (fs::recursive_directory_iterator it(params::ResultsFolder(results).work(), ignored), end;
       !ignored && it != end; it.increment(ignored))
    if (it->path().filename() == "manifest.json") add_manifest(it->path(), stages);
  if (stages.empty()) return nullptr;
  std::vector<std::pair<std::string, StageTime>> ordered(stages.begin(), stages.end());
  std::ranges::stable_sort(ordered, {}, [](const auto& entry) { return entry.second.finished; });
  PageJson list = PageJson::array();
  double wall = 0;
  double cpu = 0;
  for (const auto& [name, time] : ordered) {
    wall += time.wall;
    cpu += time.cpu;
    list.push_back(
        {{"stage", name}, {"wall", time.wall}, {"cpu", time.cpu}, {"peakBytes", time.peak_bytes}});
  }
  return {{"total", {{"wall", wall}, {"cpu", cpu}}}, {"stages", std::move(list)}};
}

}  // namespace overland::report
