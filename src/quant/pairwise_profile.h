// MaxLFQ of one group: medians of pairwise log ratios, then least squares on the graph of runs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "quant/group_matrix.h"
#include "quant/ratio_medians.h"
#include "quant/run_graph.h"

namespace overland::quant {

class PairwiseProfile {
 public:
  // x: log2 profile by run of the group, each component with a mean of 0; component: their numbers.
  // Returns how many components there are.
  std::size_t fit(const GroupMatrix& group, std::uint32_t least_shared, std::span<double> x,
                  std::span<std::uint32_t> component);

 private:
  void connect_run(const GroupMatrix& group, std::size_t run, std::uint32_t least_shared);

  RunGraph graph_;
  RunRatios ratios_;
  std::vector<const double*> traces_;  // of the ions of the run at hand
  std::vector<double> values_;         // of these, in the run
};

}  // namespace overland::quant
