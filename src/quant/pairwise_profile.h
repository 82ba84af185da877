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
  // x: log2 profile by run of the group, with mean 0 in each component. component: number of the
  // component by run. Returns the number of components.
  std::size_t fit(const GroupMatrix& group, std::uint32_t least_shared, std::span<double> x,
                  std::span<std::uint32_t> component);

 private:
  void connect_run(const GroupMatrix& group, std::size_t run, std::uint32_t least_shared);

  RunGraph graph_;
  RunRatios ratios_;
  std::vector<const double*> traces_;  // traces of the ions observed in the present run
  std::vector<double> values_;         // log2 quantities of these ions in the present run
};

}  // namespace overland::quant
