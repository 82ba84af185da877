// One level per run and one per ion, fitted to all log quantities of a group at once:
//   log2 q(i, r) = a_i + x_r + error,   SD^2 of the error = relative SD^2 + scatter^2
// by least squares weighted by these variances and by Cauchy weights against outliers. The scatter
// is estimated for each group from the residuals. Without known SDs all ions have equal weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "quant/group_matrix.h"

namespace overland::quant {

// x: log2 profile by run of the group, with mean 0 in each component. component: number of the
// component by run. Returns the number of components.
[[nodiscard]] std::size_t fit_weighted_profile(const GroupMatrix& group, std::span<double> x,
                                               std::span<std::uint32_t> component);

// Components of runs that are connected by common ions, numbered in the order of their first runs.
// Returns the number of components.
[[nodiscard]] std::size_t find_ion_components(const GroupMatrix& group,
                                              std::span<std::uint32_t> component);
// Subtracts from each component of x its mean.
void centre_components(std::span<const std::uint32_t> component, std::size_t components,
                       std::span<double> x);

}  // namespace overland::quant
