#include "quant/pairwise_profile.h"

#include <algorithm>

namespace overland::quant {

// Ratios of one run to all later runs, in blocks of eight; the first block may also contain earlier
// runs.
void PairwiseProfile::connect_run(const GroupMatrix& group, std::size_t run,
                                  std::uint32_t least_shared) {
  traces_.clear();
  values_.clear();
  for (std::size_t i = 0; i < group.ion_count(); ++i) {
    const double value = group.ion(i)[run];
    if (!GroupMatrix::is_present(value)) continue;
    traces_.push_back(group.ion(i).data());
    values_.push_back(value);
  }
  ratios_.set(values_, traces_);
  RatioMedians ratio{};
  for (std::size_t other = (run + 1) / kLanes * kLanes; other < group.run_count();
       other += kLanes) {
    ratios_.medians(other, ratio);
    graph_.connect(run, other, ratio, least_shared);
  }
}

std::size_t PairwiseProfile::fit(const GroupMatrix& group, std::uint32_t least_shared,
                                 std::span<double> x, std::span<std::uint32_t> component) {
  graph_.reset(group.run_count());
  const std::uint32_t least = std::max<std::uint32_t>(least_shared, 1);
  for (std::size_t run = 0; run < group.run_count(); ++run) connect_run(group, run, least);
  graph_.close();
  const std::size_t components = graph_.find_components(component);
  graph_.solve(component, components, x);
  return components;
}

}  // namespace overland::quant
