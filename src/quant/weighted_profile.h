// One level per run and one per ion, fitted to all log quantities of a group at once:
//   log2 q(i, r) = a_i + x_r + error,   SD^2 of the error = relative SD^2 + scatter^2
// by least squares with these variances, outliers held down by Cauchy's weights. The scatter is the
// group's own, learned from the residuals; where no SD is known all ions weigh alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "quant/group_matrix.h"

namespace overland::quant {

// x: log2 profile by run of the group, each component with a mean of 0; component: their numbers.
// Returns how many components there are.
[[nodiscard]] std::size_t fit_weighted_profile(const GroupMatrix& group, std::span<double> x,
                                               std::span<std::uint32_t> component);

// Runs that are joined by a chain of common ions: numbered by their first run.
[[nodiscard]] std::size_t find_ion_components(const GroupMatrix& group,
                                              std::span<std::uint32_t> component);
// Makes the mean of each component 0.
void centre_components(std::span<const std::uint32_t> component, std::size_t components,
                       std::span<double> x);

}  // namespace overland::quant
