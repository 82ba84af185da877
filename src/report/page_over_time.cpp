#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "io/table/table.h"
#include "report/page_data.h"

namespace overland::report {
namespace {

// Positions of the runs by name, for tables with one row per run and time.
class RunPlaces {
 public:
  explicit RunPlaces(const std::vector<std::string>& runs) {
    for (std::size_t i = 0; i < runs.size(); ++i) place_[runs[i]] = i;
  }
  // The rows of each run; rows of unknown runs are left out.
  [[nodiscard]] std::map<std::size_t, std::vector<std::size_t>> rows(
      const std::vector<std::string>& names) const {
    std::map<std::size_t, std::vector<std::size_t>> rows;
    for (std::size_t row = 0; row < names.size(); ++row)
      if (const auto found = place_.find(names[row]); found != place_.end())
        rows[found->second].push_back(row);
    return rows;
  }

 private:
  std::unordered_map<std::string, std::size_t> place_;
};

// Stride for thinning: with many runs each curve has fewer points.
std::size_t stride_for(std::size_t rows, std::size_t runs) {
  constexpr std::size_t kPointsInAll = 30'000;
  const std::size_t most = std::max<std::size_t>(kPointsInAll / std::max<std::size_t>(runs, 1), 30);
  return 1 + (rows - 1) / most;
}

}  // namespace

PageJson page_tic(const std::filesystem::path& results, const std::vector<std::string>& runs) {
  const auto table = io::read_parquet(results / "tic.parquet");
  const auto* run = table ? table->column<std::string>("Run").value_or(nullptr) : nullptr;
  const auto* order = table ? table->column<std::uint8_t>("MS.Order").value_or(nullptr) : nullptr;
  const auto* rt = table ? table->column<float>("RT").value_or(nullptr) : nullptr;
  const auto* tic = table ? table->column<double>("TIC").value_or(nullptr) : nullptr;
  if (run == nullptr || order == nullptr || rt == nullptr || tic == nullptr) return nullptr;
  PageJson json = PageJson::array();
  for (const auto& [place, rows] : RunPlaces(runs).rows(*run)) {
    const std::size_t stride = stride_for(rows.size(), runs.size());
    PageJson of_run{{"run", place}};
    for (const auto& [name, wanted] : {std::pair{"ms1", 1}, std::pair{"ms2", 2}}) {
      PageJson x = PageJson::array();
      PageJson y = PageJson::array();
      for (std::size_t k = 0; k < rows.size(); k += stride) {
        if ((*order)[rows[k]] != wanted) continue;
        x.push_back(rounded(static_cast<double>((*rt)[rows[k]])));
        y.push_back(rounded((*tic)[rows[k]], 3));
      }
      if (!x.empty()) of_run[name] = {{"x", x}, {"y", y}};
    }
    json.push_back(std::move(of_run));
  }
  return json.empty() ? PageJson(nullptr) : json;
}

PageJson page_normalisation(const std::filesystem::path& results,
                            const std::vector<std::string>& runs) {
  const auto table = io::read_parquet(results / "normalisation.parquet");
  const auto* run = table ? table->column<std::string>("Run").value_or(nullptr) : nullptr;
  const auto* method = table ? table->column<std::string>("Method").value_or(nullptr) : nullptr;
  const auto* rt = table ? table->column<double>("RT").value_or(nullptr) : nullptr;
  const auto* log2 = table ? table->column<double>("Log2.Correction").value_or(nullptr) : nullptr;
  const auto* sd = table ? table->column<double>("Residual.SD").value_or(nullptr) : nullptr;
  if (run == nullptr || method == nullptr || rt == nullptr || log2 == nullptr || sd == nullptr)
    return nullptr;
  PageJson json = PageJson::array();
  for (const auto& [place, rows] : RunPlaces(runs).rows(*run)) {
    const std::size_t stride = stride_for(rows.size(), runs.size());
    PageJson x = PageJson::array();
    PageJson y = PageJson::array();
    for (std::size_t k = 0; k < rows.size(); k += stride) {
      x.push_back(rounded((*rt)[rows[k]]));
      y.push_back(rounded((*log2)[rows[k]], 3));
    }
    json.push_back({{"run", place},
                    {"method", (*method)[rows.front()]},
                    {"sd", rounded((*sd)[rows.front()], 3)},
                    {"x", x},
                    {"y", y}});
  }
  return json.empty() ? PageJson(nullptr) : json;
}

}  // namespace overland::report
