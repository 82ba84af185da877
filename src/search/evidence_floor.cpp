#include "search/evidence_floor.h"

#include <algorithm>
#include <vector>

#include "base/parallel.h"
#include "scoring/false_discovery.h"
#include "search/window_pass.h"

namespace overland::search {
namespace {

constexpr std::size_t kSampledShare = 8;  // of the windows, one in so many
constexpr double kCountedQValue = 0.05;

std::vector<CandidateEvidence> sample(const RunView& view, const RunModels& models,
                                      const params::SecondPassParameters& config,
                                      std::span<const WindowId> windows, const Machine& machine) {
  const WindowPass pass(view, models, config, machine);
  ScratchPool<WindowWorkspace> workspaces;
  ScoringPool pool;
  std::vector<std::vector<CandidateEvidence>> found(windows.size());
  parallel_for(windows.size(), machine, [&](std::size_t i, int) {
    found[i] = pass.evidence(windows[i], *workspaces.take(), pool);
  });
  std::vector<CandidateEvidence> all;
  for (const auto& part : found) all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::size_t count_sure(const library::LibraryView& library,
                       std::span<const CandidateEvidence> candidates, double decoys_per_target) {
  std::vector<float> score;
  std::vector<std::uint32_t> pair;
  std::vector<std::uint8_t> is_decoy;
  for (const CandidateEvidence& candidate : candidates) {
    score.push_back(candidate.evidence);
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

}  // namespace

float evidence_floor(const RunView& view, const RunModels& models,
                     const params::SecondPassParameters& config, const Machine& machine) {
  // Both numbers are meant for one decoy per target.
  const double decoys = library::decoys_per_target(view.library);
  const double crowd = (1 + decoys) / 2;
  const double factor = crowd * static_cast<double>(config.second_pass.kept_candidates);
  const double least = crowd * static_cast<double>(config.second_pass.least_candidates);
  if (factor == 0 || static_cast<double>(view.library.precursor_count()) <= least) return 0;
  std::vector<WindowId> windows;
  for (std::size_t w = std::min(kSampledShare, view.windows.size()) / 2; w < view.windows.size();
       w += kSampledShare) {
    windows.push_back(WindowId(static_cast<std::uint16_t>(w)));
  }
  std::vector<CandidateEvidence> candidates = sample(view, models, config, windows, machine);
  const std::size_t sure = count_sure(view.library, candidates, decoys);
  const double share =
      static_cast<double>(windows.size()) / static_cast<double>(view.windows.size());
  const auto kept =
      static_cast<std::size_t>(std::max(least * share, factor * static_cast<double>(sure)));
  if (candidates.size() <= kept) return 0;
  const auto last = candidates.begin() + static_cast<std::ptrdiff_t>(kept);
  std::nth_element(candidates.begin(), last, candidates.end(),
                   [](const auto& a, const auto& b) { return a.evidence > b.evidence; });
  return last->evidence;
}

}  // namespace overland::search
