// Quantities of protein groups (or peptides, genes) from those of their ions, over runs.
//
// maxlfq:   Cox et al. 2014. For each pair of runs the median log ratio of the ions that both have;
//           the profile that fits all these ratios best by least squares. Pairs without a common
//           ion do not take part; runs that no chain of pairs connects are components of their own.
// weighted: one level per run and one per ion fitted to all log quantities at once, each weighted
// by
//           its own uncertainty, with outliers held down (weighted_profile.h).
// aligned:  after Ammar et al. 2023: ion traces are shifted onto each other and the run's median is
//           taken; its cost grows with the number of runs, not of pairs (aligned_profile.h).
//
// Ratios say nothing of the level. Each component gets it from its own ions, by LfqLevel.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/enum_text.h"
#include "quant/group_level.h"
#include "quant/group_matrix.h"

namespace overland::quant {

enum class LfqMethod { maxlfq, weighted, aligned };

struct LfqOptions {
  LfqMethod method = LfqMethod::maxlfq;
  LfqLevel level = LfqLevel::top;
  std::uint32_t least_shared = 1;  // ions that two runs must share for a ratio (maxlfq)
  int threads = 1;
};

// Values of each group in the runs where it has any ion, by run.
struct LfqProfiles {
  std::vector<std::uint64_t> begin;  // groups + 1 offsets
  std::vector<std::uint32_t> run;
  std::vector<double> log2_quantity;
  std::vector<std::uint32_t> ions;       // observed in this run
  std::vector<std::uint32_t> component;  // within the group, from 0; ratios hold within one
  std::uint64_t duplicates = 0;  // rows left out: another of the same ion and run is greater
};

// Groups are numbered from 0 to group_count - 1; each gets its place, with values or without. The
// same bytes for any number of threads.
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
