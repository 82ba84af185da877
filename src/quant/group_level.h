// Sets the absolute level of a profile, which ratios leave undetermined, from the group's ions,
// separately for each component.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/enum_text.h"
#include "quant/group_matrix.h"

namespace overland::quant {

// The quantity that the profile of each component has in common with the data:
enum class LfqLevel {
  top,   // mean over runs of the log2 quantity of the run's most intense ion (as DIA-NN)
  sum,   // sum over runs of the quantities of all ions (Cox et al. 2014)
  mean,  // mean of all log2 quantities; their median if the component is one run (as R package iq)
};

// Shifts each component of x (log2 by run) to its level. Precondition: the mean of x is 0 in each
// component.
void set_level(const GroupMatrix& group, LfqLevel level, std::span<const std::uint32_t> component,
               std::size_t components, std::span<double> x);

}  // namespace overland::quant

template <>
struct overland::EnumNames<overland::quant::LfqLevel> {
  using Enum = overland::quant::LfqLevel;
  static constexpr std::array kNames{std::pair{Enum::top, "top"}, std::pair{Enum::sum, "sum"},
                                     std::pair{Enum::mean, "mean"}};
};
