// Mode of a sample, for mixtures in which the median would lie between two clusters.
#pragma once

#include <span>

namespace overland::quant {

struct DensityMode {
  double at = 0;
  double height = 0;          // density at the mode: about the share of values within one `width`
  bool is_ambiguous = false;  // another cluster is nearly as dense
};

// A cluster is a maximum of the kernel density with a Gaussian kernel of SD `width`. Of the
// clusters with at least 0.6 times the highest density, the one closest to `expected` is returned;
// `expected` itself if there are no values.
[[nodiscard]] DensityMode density_mode(std::span<const double> values, double expected,
                                       double width);

}  // namespace overland::quant
