// Quantities of protein groups (or peptides, genes) over runs, from the quantities of their ions.
//
// maxlfq (Cox et al. 2014): for each pair of runs, the median log ratio of the ions observed in
// both
//   runs; the profile is the least-squares fit to all these ratios. Pairs without a common ion are
//   left out; runs that no chain of pairs connects are separate components.
// weighted: one level per run and one per ion, fitted to all log quantities at once with their
//   uncertainties as weights and a robust loss (weighted_profile.h).
// aligned (after Ammar et al. 2023): ion traces are shifted onto each other and the median is taken
//   in each run; the cost grows with the number of runs, not of pairs (aligned_profile.h).
//
// Ratios do not determine the absolute level; LfqLevel states how it is set for each component.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/enum_text.h"
#include "base/machine.h"
#include "quant/group_level.h"
#include "quant/group_matrix.h"

namespace overland::quant {

enum class LfqMethod { maxlfq, weighted, aligned };

struct LfqOptions {
  LfqMethod method = LfqMethod::maxlfq;
  LfqLevel level = LfqLevel::top;
  std::uint32_t least_shared = 1;  // maxlfq: ions that two runs must share for a ratio
  Machine machine = {};
};

// Values of each group in all runs in which it has at least one ion, in the order of the runs.
struct LfqProfiles {
  std::vector<std::uint64_t> begin;  // groups + 1 offsets
  std::vector<std::uint32_t> run;
  std::vector<double> log2_quantity;
  std::vector<std::uint32_t> ions;       // number of ions observed in this run
  std::vector<std::uint32_t> component;  // from 0 in each group; ratios hold within a component
  std::uint64_t duplicates = 0;  // rows not used: another row of the same ion and run is greater
};

// Groups are numbered from 0 to group_count - 1; each has an entry, possibly without values. The
// result does not depend on the number of threads.
[[nodiscard]] LfqProfiles quantify_groups(const LfqColumns& columns, std::size_t group_count,
                                          const LfqOptions& options);

}  // namespace overland::quant

template <>
struct overland::EnumNames<overland::quant::LfqMethod> {
  using Enum = overland::quant::LfqMethod;
  static constexpr std::array kNames{std::pair{Enum::maxlfq, "maxlfq"},
                                     std::pair{Enum::weighted, "weighted"},
                                     std::pair{Enum::aligned, "aligned"}};
};
