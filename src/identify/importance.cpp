#include "identify/importance.h"

#include <algorithm>
#include <utility>

#include "io/table/table.h"
#include "search/psm_table.h"

namespace overland::identify {

Result<void> write_importance(const scoring::Rescorer& rescorer,
                              const std::filesystem::path& file) {
  std::vector<std::pair<double, std::string>> order;
  if (rescorer.trees) {
    const std::vector<double> share = rescorer.trees->importance();
    for (std::size_t c = 0; c < share.size(); ++c)
      order.emplace_back(-share[c], search::psm_features()[c].name);
  }
  std::ranges::sort(order);
  std::vector<std::string> names;
  std::vector<double> shares;
  for (const auto& [negative, name] : order) {
    names.push_back(name);
    shares.push_back(-negative);
  }
  io::Table table;
  table.add("Feature", std::move(names), "", "of a peak group, as rescoring sees it");
  table.add("Importance", std::move(shares), "share",
            "of the gain of all splits of the trees, mean over the folds' models");
  return io::write_parquet(table, file);
}

}  // namespace overland::identify
