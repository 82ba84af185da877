#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/json_text.h"
#include "io/table/table.h"
#include "params/results_folder.h"
#include "report/page_data.h"

namespace overland::report {
namespace {

bool is_numbers(const PageJson& list) {
  return list.is_array() && !list.empty() &&
         std::all_of(list.begin(), list.end(), [](const PageJson& v) { return v.is_number(); });
}

bool is_curve(const PageJson& json) {
  return json.is_object() && json.contains("x") && json.contains("y") && is_numbers(json["x"]) &&
         is_numbers(json["y"]) && json["x"].size() == json["y"].size();
}

PageJson thinned(const PageJson& list, std::size_t most) {
  PageJson out = PageJson::array();
  const std::size_t n = list.size();
  const std::size_t kept = std::min(n, most);
  for (std::size_t i = 0; i < kept; ++i) {
    const std::size_t at = kept < 2 ? 0 : i * (n - 1) / (kept - 1);
    out.push_back(rounded(list[at].get<double>(), 5));
  }
  return out;
}

class Walker {
 public:
  explicit Walker(std::size_t most_points) : most_points_(most_points) {}

  void walk(const PageJson& json, const std::string& path) {
    if (is_curve(json)) {
      curves_.push_back({{"name", path},
                         {"x", thinned(json["x"], most_points_)},
                         {"y", thinned(json["y"], most_points_)}});
    } else if (json.is_object()) {
      for (const auto& [key, value] : json.items())
        walk(value, path.empty() ? key : path + "." + key);
    } else if (json.is_array() && !is_numbers(json)) {
      for (std::size_t i = 0; i < json.size(); ++i)
        walk(json[i], path + "." + std::to_string(i + 1));
    } else if (json.is_number()) {
      values_[path] = rounded(json.get<double>(), 5);
    }
  }

  PageJson finish() { return {{"curves", std::move(curves_)}, {"values", std::move(values_)}}; }

 private:
  std::size_t most_points_;
  PageJson curves_ = PageJson::array();
  PageJson values_ = PageJson::object();
};

}  // namespace

PageJson json_of_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return nullptr;
  PageJson json = parse_json<PageJson>(in, JsonComments::are_skipped);
  return json.is_discarded() ? PageJson(nullptr) : json;
}

std::map<std::string, std::string> input_runs(const std::filesystem::path& results) {
  const PageJson config = json_of_file(params::ResultsFolder(results).config());
  const auto runs = PageJson::json_pointer("/inputs/runs");
  std::map<std::string, std::string> files;
  if (!config.is_object() || !config.contains(runs) || !config[runs].is_array()) return files;
  for (const PageJson& run : config[runs])
    if (run.is_object() && run.contains("name") && run.contains("file") &&
        run["name"].is_string() && run["file"].is_string())
      files[run["name"].get<std::string>()] = run["file"].get<std::string>();
  return files;
}

PageJson page_models(const std::filesystem::path& results, const std::vector<std::string>& runs) {
  PageJson json = PageJson::array();
  const std::size_t most_points = runs.size() > 100 ? 24 : 150;
  for (const std::string& run : runs) {
    const PageJson models =
        json_of_file(params::ResultsFolder(results).path_of(params::kModels, run));
    if (!models.is_object()) {
      json.push_back(nullptr);
      continue;
    }
    Walker walker(most_points);
    walker.walk(models, "");
    json.push_back(walker.finish());
  }
  return json;
}

PageJson page_points(const std::filesystem::path& results, const std::vector<std::string>& runs) {
  constexpr std::size_t kPointsInAll = 9'000;  // maximum number of points of each kind in all runs
  const std::size_t most =
      std::max<std::size_t>(kPointsInAll / std::max<std::size_t>(runs.size(), 1), 20);
  PageJson json = PageJson::array();
  for (const std::string& run : runs) {
    const auto table =
        io::read_parquet(params::ResultsFolder(results).path_of(params::kCalibrationPoints, run));
    const auto* kinds = table ? table->column<std::string>("kind").value_or(nullptr) : nullptr;
    const auto* x = table ? table->column<double>("x").value_or(nullptr) : nullptr;
    const auto* y = table ? table->column<double>("y").value_or(nullptr) : nullptr;
    const auto* z = table ? table->column<double>("z").value_or(nullptr) : nullptr;
    if (kinds == nullptr || x == nullptr || y == nullptr || z == nullptr) {
      json.push_back(nullptr);
      continue;
    }
    std::map<std::string, std::vector<std::size_t>> rows;
    for (std::size_t i = 0; i < kinds->size(); ++i) rows[(*kinds)[i]].push_back(i);
    PageJson of_run = PageJson::object();
    for (const auto& [kind, all] : rows) {
      PageJson& part = of_run[kind] = {
          {"x", PageJson::array()}, {"y", PageJson::array()}, {"z", PageJson::array()}};
      const std::size_t stride = 1 + (all.size() - 1) / most;
      for (std::size_t i = 0; i < all.size(); i += stride) {
        part["x"].push_back(rounded((*x)[all[i]]));
        part["y"].push_back(rounded((*y)[all[i]], 3));
        part["z"].push_back(rounded((*z)[all[i]]));
      }
    }
    json.push_back(std::move(of_run));
  }
  return json;
}

PageJson page_audit(const std::filesystem::path& results, std::size_t runs) {
  constexpr std::size_t kMostRuns = 60;
  PageJson audit = json_of_file(results / "audit.json");
  if (!audit.is_object() || !audit.contains("curves") || !audit["curves"].is_array()) return audit;
  PageJson shown = PageJson::array();
  for (PageJson& curve : audit["curves"]) {
    const bool is_of_one_run = curve.is_object() && curve.value("scope", PageJson()) == "one run";
    if (!is_of_one_run || runs <= kMostRuns) shown.push_back(std::move(curve));
  }
  audit["curves"] = std::move(shown);
  return audit;
}

PageJson page_audit_curves(const std::filesystem::path& results) {
  constexpr std::size_t kMostPoints = 150;
  const auto table = io::read_parquet(results / "audit.parquet");
  if (!table) return nullptr;
  const auto level = table->column<std::string>("Level");
  const auto scope = table->column<std::string>("Scope");
  if (!level || !scope) return nullptr;
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> rows;
  for (std::size_t i = 0; i < (*level)->size(); ++i)
    if ((**scope)[i] != "one run") rows[{(**level)[i], (**scope)[i]}].push_back(i);
  PageJson json = PageJson::array();
  for (const auto& [key, all] : rows) {
    PageJson curve{{"level", key.first}, {"scope", key.second}};
    const std::size_t stride = 1 + (all.size() - 1) / kMostPoints;
    for (const char* name : {"Q.Value", "Lower.Bound", "Combined", "Combined.Low", "Combined.High",
                             "Paired", "Paired.Low", "Paired.High"}) {
      const auto column = table->column<double>(name);
      if (!column) continue;
      PageJson& list = curve[name] = PageJson::array();
      for (std::size_t i = 0; i < all.size(); i += stride)
        list.push_back(rounded((**column)[all[i]]));
    }
    json.push_back(std::move(curve));
  }
  return json;
}

PageJson page_importance(const std::filesystem::path& results) {
  constexpr std::size_t kMostFeatures = 20;
  const auto table = io::read_parquet(results / "feature_importance.parquet");
  if (!table) return nullptr;
  const auto names = table->column<std::string>("Feature");
  const auto shares = table->column<double>("Importance");
  if (!names || !shares || (*names)->empty()) return nullptr;
  PageJson json{{"names", PageJson::array()}, {"shares", PageJson::array()}};
  for (std::size_t i = 0; i < std::min((*names)->size(), kMostFeatures); ++i) {
    json["names"].push_back((**names)[i]);
    json["shares"].push_back(rounded(100 * (**shares)[i], 3));
  }
  return json;
}

}  // namespace overland::report
