// The level of a profile, which ratios leave open: taken from the group's ions, component by
// component.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/enum_text.h"
#include "quant/group_matrix.h"

namespace overland::quant {

// What stays as it is in the data, of each component:
enum class LfqLevel {
  top,   // the mean over runs of the log2 quantity of the run's most intense ion (as DIA-NN)
  sum,   // the sum over runs of the quantities of all ions (Cox et al. 2014)
  mean,  // the mean of all log2 quantities; of a run alone their median (as the R package iq)
};

// Adds to each component of x, log2 by run, what gives it its level. Precondition: the mean of x is
// 0 in each component.
void set_level(const GroupMatrix& group, LfqLevel level, std::span<const std::uint32_t> component,
               std::size_t components, std::span<double> x);

}  // namespace overland::quant

template <>
struct overland::EnumNames<overland::quant::LfqLevel> {
  using Enum = overland::quant::LfqLevel;
  static constexpr std::array kNames{std::pair{Enum::top, "top"}, std::pair{Enum::sum, "sum"},
                                     std::pair{Enum::mean, "mean"}};
};
