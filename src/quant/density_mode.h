// The most frequent value of a sample, for mixtures in which a median would lie between two
// clusters.
#pragma once

#include <span>

namespace overland::quant {

struct DensityMode {
  double at = 0;
  double height = 0;          // of the density, as a share of the values within one `width` or so
  bool is_ambiguous = false;  // another cluster is nearly as dense
};

// Of the clusters that are at least 0.6 times as dense as the densest, the one closest to
// `expected`; `expected` itself where there are no values. A cluster is a maximum of the density
// with a Gaussian kernel of standard deviation `width`.
[[nodiscard]] DensityMode density_mode(std::span<const double> values, double expected,
                                       double width);

}  // namespace overland::quant
