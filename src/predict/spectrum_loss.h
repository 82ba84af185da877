// Dissimilarity of a predicted and a measured spectrum.
#pragma once

#include <cstdint>
#include <span>

namespace overland::predict {

// 1 - 2 acos(cos(a, b)) / pi, in [0, 1] (Toprak et al. 2014); 0 if a spectrum is empty.
[[nodiscard]] double spectral_angle_similarity(std::span<const float> a, std::span<const float> b);

// Position of a fragment in a list of kSeries blocks (b+, y+, b2+, y2+) of `sites` elements, each
// in ascending order of the ordinal. Rows of the network are in the order of the cleavage sites, in
// which ordinals of y ions descend.
[[nodiscard]] constexpr std::size_t list_place(std::size_t series, std::size_t site,
                                               std::size_t sites) {
  return series * sites + (series % 2 == 0 ? site : sites - 1 - site);
}

// `output`, `output_gradient`: sites x kOutputs of the network. `roots`: measured square roots of
// intensity in the order of list_place; negative if not measured, and then ignored. The loss is the
// angle between the intensities plus `root_weight` times the angle between their square roots, in
// units of a right angle. Overwrites `output_gradient`.
struct SpectrumLoss {
  float root_weight = 0.3F;
  void gradient(std::span<const float> output, std::span<const float> roots,
                std::span<float> output_gradient) const;
};

// Intensities from the network's output, in the order of list_place; the maximum is 1.
void intensities_of(std::span<const float> output, std::span<float> intensities);

}  // namespace overland::predict
