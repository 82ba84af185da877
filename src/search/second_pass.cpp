#include "search/second_pass.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "search/evidence_floor.h"

namespace overland::search {

namespace {

// The strongest row of another window at about the same time, or none.
const PsmRow* best_elsewhere(std::span<const PsmRow> rows, const PsmRow& row, double max_minutes) {
  const PsmRow* best = nullptr;
  for (const PsmRow& other : rows) {
    const double distance =
        std::abs(static_cast<double>(other.rt_minutes) - static_cast<double>(row.rt_minutes));
    if (other.window == row.window || distance > max_minutes) continue;
    if (best == nullptr || other.group.evidence > best->group.evidence) best = &other;
  }
  return best;
}

}  // namespace

void add_other_window_features(std::vector<PsmRow>& sorted_rows,
                               std::span<const run::IsolationWindow> windows, double max_minutes) {
  std::size_t begin = 0;
  while (begin < sorted_rows.size()) {
    std::size_t end = begin + 1;
    while (end < sorted_rows.size() && sorted_rows[end].precursor == sorted_rows[begin].precursor) {
      ++end;
    }
    const std::span rows = std::span(sorted_rows).subspan(begin, end - begin);
    if (run::isolating_windows(windows, Mz{static_cast<double>(rows.front().precursor_mz)}) > 1) {
      for (PsmRow& row : rows) {
        const PsmRow* best = best_elsewhere(rows, row, max_minutes);
        row.other_window_cosine = best == nullptr ? 0 : best->group.sqrt_cosine;
        row.other_window_coelution = best == nullptr ? 0 : best->group.coelution;
        row.other_window_evidence = best == nullptr ? 0 : best->group.evidence;
      }
    }
    begin = end;
  }
}

PsmTable second_pass(const RunView& view, const RunModels& models,
                     const params::SecondPassParameters& config, const Machine& machine) {
  const float floor = evidence_floor(view, models, config, machine);
  if (floor > 0) machine.info("peak groups with evidence below {:.2f} are left out", floor);
  const WindowPass pass(view, models, config, machine, floor);
  ScratchPool<WindowWorkspace> workspaces;
  ScoringPool pool;
  std::vector<std::vector<PsmRow>> rows(view.windows.size());
  ProgressBar progress(machine, "second pass", view.windows.size(), "windows");
  check(view.windows.size() <= std::numeric_limits<std::uint16_t>::max(),
        "a peak group names its window in 16 bits");
  parallel_for(view.windows.size(), machine, [&](std::size_t w, int) {
    rows[w] = pass.run(WindowId(static_cast<std::uint16_t>(w)), *workspaces.take(), pool);
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
  add_other_window_features(table.rows, view.windows, 1.5 * models.cycle_minutes);
  return table;
}

}  // namespace overland::search
