#include "quant/pairwise_profile.h"

#include <algorithm>
#include <array>

#include "quant/median_network.h"

namespace overland::quant {

// Ratios of one run to all later ones, eight at a time. A gap of the other run makes the difference
// +infinity, which column_medians takes for missing.
void PairwiseProfile::connect_run(const GroupMatrix& group, std::size_t run,
                                  std::uint32_t least_shared) {
  present_.clear();
  for (std::size_t i = 0; i < group.ion_count(); ++i) {
    if (GroupMatrix::is_present(group.ion(i)[run])) {
      present_.push_back(static_cast<std::uint32_t>(i));
    }
  }
  differences_.resize(present_.size() * kLanes);
  std::array<double, kLanes> medians{};
  std::array<std::uint32_t, kLanes> counts{};
  for (std::size_t other = run + 1; other < group.run_count(); other += kLanes) {
    for (std::size_t k = 0; k < present_.size(); ++k) {
      const double* const trace = group.ion(present_[k]).data();
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        differences_[k * kLanes + lane] = trace[run] - trace[other + lane];
      }
    }
    column_medians(differences_, present_.size(), medians, counts);
    const std::size_t lanes = std::min(kLanes, group.run_count() - other);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      if (counts[lane] >= least_shared) graph_.connect(run, other + lane, medians[lane]);
    }
  }
}

std::size_t PairwiseProfile::fit(const GroupMatrix& group, std::uint32_t least_shared,
                                 std::span<double> x, std::span<std::uint32_t> component) {
  graph_.reset(group.run_count());
  const std::uint32_t least = std::max<std::uint32_t>(least_shared, 1);
  for (std::size_t run = 0; run < group.run_count(); ++run) connect_run(group, run, least);
  const std::size_t components = graph_.find_components(component);
  graph_.solve(component, components, x);
  return components;
}

}  // namespace overland::quant
