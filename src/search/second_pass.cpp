#include "search/second_pass.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include "base/check.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "scoring/false_discovery.h"
#include "search/window_search.h"

namespace overland::search {
namespace {

constexpr std::size_t kSampledShare = 8;  // of the windows, one in so many
constexpr double kCountedQValue = 0.05;

std::vector<CandidateScore> sample(const RunView& view, const RunModels& models,
                                   const params::SecondPassParameters& config,
                                   std::span<const WindowId> windows, const Machine& machine) {
  const WindowSearch pass(view, models, config, machine);
  ScratchPool<WindowWorkspace> workspaces;
  ScoringPool pool;
  std::vector<std::vector<CandidateScore>> found(windows.size());
  parallel_for(windows.size(), machine, [&](std::size_t i, int) {
    found[i] = pass.match_scores(windows[i], *workspaces.take(), pool);
  });
  std::vector<CandidateScore> all;
  for (const auto& part : found) all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::size_t count_confident(const library::LibraryView& library,
                            std::span<const CandidateScore> candidates, double decoys_per_target) {
  std::vector<float> score;
  std::vector<std::uint32_t> pair;
  std::vector<std::uint8_t> is_decoy;
  for (const CandidateScore& candidate : candidates) {
    score.push_back(candidate.match_score);
    pair.push_back(library.pair[candidate.precursor.index()]);
    is_decoy.push_back(library.is_decoy[candidate.precursor.index()]);
  }
  const scoring::ErrorRates rates = scoring::error_rates(score, pair, is_decoy, decoys_per_target);
  std::size_t count = 0;
  for (std::size_t i = 0; i < score.size(); ++i) {
    count += is_decoy[i] == 0 && rates.q_value[i] <= kCountedQValue ? 1U : 0U;
  }
  return count;
}

// The strongest row of another window of the same condition at about the same time, or none.
const PsmRow* best_elsewhere(std::span<const PsmRow> rows, const PsmRow& row,
                             std::span<const run::IsolationWindow> windows, double max_minutes) {
  const run::Condition condition = windows[row.window.index()].condition;
  const PsmRow* best = nullptr;
  for (const PsmRow& other : rows) {
    const double distance =
        std::abs(static_cast<double>(other.rt_minutes) - static_cast<double>(row.rt_minutes));
    if (other.window == row.window || distance > max_minutes) continue;
    if (windows[other.window.index()].condition != condition) continue;
    if (best == nullptr || other.group.match_score > best->group.match_score) best = &other;
  }
  return best;
}

// One window in kSampledShare of each condition, in the middle of its share.
std::vector<WindowId> sampled_windows(std::span<const run::IsolationWindow> windows) {
  std::map<run::Condition, std::vector<WindowId>> of_condition;
  for (std::size_t w = 0; w < windows.size(); ++w)
    of_condition[windows[w].condition].push_back(WindowId(static_cast<std::uint16_t>(w)));
  std::vector<WindowId> sampled;
  for (const auto& [condition, ids] : of_condition)
    for (std::size_t i = std::min(kSampledShare, ids.size()) / 2; i < ids.size();
         i += kSampledShare)
      sampled.push_back(ids[i]);
  return sampled;
}

}  // namespace

float candidate_cutoff(const RunView& view, const RunModels& models,
                       const params::SecondPassParameters& config, const Machine& machine) {
  // Both numbers are meant for one decoy per target.
  const double decoys = library::decoys_per_target(view.library);
  const double crowd = (1 + decoys) / 2;
  const double factor = crowd * static_cast<double>(config.second_pass.kept_candidates);
  const double least = crowd * static_cast<double>(config.second_pass.least_candidates);
  if (factor == 0 || static_cast<double>(view.library.precursor_count()) <= least) return 0;
  const std::vector<WindowId> windows = sampled_windows(view.windows);
  std::vector<CandidateScore> candidates = sample(view, models, config, windows, machine);
  const std::size_t confident = count_confident(view.library, candidates, decoys);
  const double share =
      static_cast<double>(windows.size()) / static_cast<double>(view.windows.size());
  const auto kept =
      static_cast<std::size_t>(std::max(least * share, factor * static_cast<double>(confident)));
  if (candidates.size() <= kept) return 0;
  const auto last = candidates.begin() + static_cast<std::ptrdiff_t>(kept);
  std::nth_element(candidates.begin(), last, candidates.end(),
                   [](const auto& a, const auto& b) { return a.match_score > b.match_score; });
  return last->match_score;
}

void add_other_window_features(std::vector<PsmRow>& sorted_rows,
                               std::span<const run::IsolationWindow> windows, double max_minutes) {
  std::size_t begin = 0;
  while (begin < sorted_rows.size()) {
    std::size_t end = begin + 1;
    while (end < sorted_rows.size() && sorted_rows[end].precursor == sorted_rows[begin].precursor) {
      ++end;
    }
    const std::span rows = std::span(sorted_rows).subspan(begin, end - begin);
    const Mz mz{static_cast<double>(rows.front().precursor_mz)};
    for (PsmRow& row : rows) {
      if (run::isolating_windows(windows, mz, windows[row.window.index()].condition) <= 1) continue;
      const PsmRow* best = best_elsewhere(rows, row, windows, max_minutes);
      row.other_window_cosine = best == nullptr ? 0 : best->group.sqrt_cosine;
      row.other_window_coelution = best == nullptr ? 0 : best->group.coelution;
      row.other_window_match_score = best == nullptr ? 0 : best->group.match_score;
    }
    begin = end;
  }
}

PsmTable second_pass(const RunView& view, const RunModels& models,
                     const params::SecondPassParameters& config, const Machine& machine) {
  const float floor = candidate_cutoff(view, models, config, machine);
  if (floor > 0) machine.info("peak groups with a match score below {:.2f} are left out", floor);
  const WindowSearch pass(view, models, config, machine, floor);
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
