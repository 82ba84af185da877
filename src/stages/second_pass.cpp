#include "stages/second_pass.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/parallel.h"
#include "base/progress.h"

namespace overland {

void add_other_window_features(std::vector<PsmRow>& sorted_rows, double max_minutes) {
  std::size_t begin = 0;
  while (begin < sorted_rows.size()) {
    std::size_t end = begin + 1;
    while (end < sorted_rows.size() && sorted_rows[end].precursor == sorted_rows[begin].precursor)
      ++end;
    for (std::size_t i = begin; i < end; ++i) {
      const PsmRow* best = nullptr;
      for (std::size_t k = begin; k < end; ++k) {
        const PsmRow& other = sorted_rows[k];
        const double distance = std::abs(static_cast<double>(other.rt_minutes) -
                                         static_cast<double>(sorted_rows[i].rt_minutes));
        if (other.window == sorted_rows[i].window || distance > max_minutes) continue;
        if (best == nullptr || other.group.evidence > best->group.evidence) best = &other;
      }
      if (best == nullptr) continue;
      sorted_rows[i].other_window_cosine = best->group.sqrt_cosine;
      sorted_rows[i].other_window_coelution = best->group.coelution;
    }
    begin = end;
  }
}

PsmTable second_pass(const RunContext& context, const RunModels& models,
                     const SearchConfig& config) {
  const WindowPass pass(context, models, config);
  std::vector<std::unique_ptr<WindowWorkspace>> workspaces(
      static_cast<std::size_t>(context.threads));
  std::vector<std::vector<PsmRow>> rows(context.windows.size());
  ProgressBar progress("second pass", context.windows.size(), "windows");
  parallel_for(context.windows.size(), context.threads, [&](std::size_t w, int worker) {
    auto& work = workspaces[static_cast<std::size_t>(worker)];
    if (!work) work = std::make_unique<WindowWorkspace>();
    rows[w] = pass.run(w, *work);
    progress.tick();
  });
  PsmTable table;
  std::size_t total = 0;
  for (const auto& part : rows) total += part.size();
  table.rows.reserve(total);
  for (auto& part : rows) {
    table.rows.insert(table.rows.end(), part.begin(), part.end());
    part = {};
  }
  std::stable_sort(table.rows.begin(), table.rows.end(), [](const PsmRow& a, const PsmRow& b) {
    return a.precursor != b.precursor ? a.precursor < b.precursor : a.window < b.window;
  });
  add_other_window_features(table.rows, 1.5 * models.cycle_minutes);
  return table;
}

}  // namespace overland
